package io.freshet.lab.bench.measure;

import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Field;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelKind;
import io.freshet.model.ModelSettings;
import io.freshet.train.TrainSettings;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The model of a benchmark, and its batches.
 *
 * @param stepSize most examples of a row step; the dense step has as many, but 64 at least
 * @param inFlight most batches that wait for rows at once
 */
public record Workload(
    ModelKind kind,
    int fields,
    int embeddingSize,
    List<Integer> hiddenLayers,
    int batchSize,
    int stepSize,
    int inFlight) {
  private static final int SHORTEST_DENSE_STEP = 64;

  public Workload {
    hiddenLayers = List.copyOf(hiddenLayers);
  }

  /** A DeepFM. */
  public Workload(
      int fields,
      int embeddingSize,
      List<Integer> hiddenLayers,
      int batchSize,
      int stepSize,
      int inFlight) {
    this(ModelKind.DEEPFM, fields, embeddingSize, hiddenLayers, batchSize, stepSize, inFlight);
  }

  /** The large model in steps of the given size. */
  public static Workload large(int batchSize, int stepSize, int inFlight) {
    return new Workload(39, 10, List.of(400, 400, 400), batchSize, stepSize, inFlight);
  }

  /** The model and the batches of a configuration that sets neither. */
  public static Workload defaults() {
    TrainSettings train = TrainSettings.DEFAULT;
    return new Workload(
        39,
        ModelSettings.DEFAULT.embeddingSize(),
        ModelSettings.DEFAULT.hiddenLayers(),
        train.batchSize(),
        train.learning().stepSize(),
        train.maxInFlight());
  }

  /** Pairs of fields, and no deep part; else as {@link #defaults}. */
  public static Workload fm() {
    return shallow(ModelKind.FM, ModelSettings.DEFAULT.embeddingSize());
  }

  /** The first order alone; else as {@link #defaults}. */
  public static Workload lr() {
    return shallow(ModelKind.LR, 0);
  }

  private static Workload shallow(ModelKind kind, int embeddingSize) {
    Workload like = defaults();
    return new Workload(
        kind, like.fields, embeddingSize, List.of(), like.batchSize, like.stepSize, like.inFlight);
  }

  public FeatureSchema schema() {
    List<Field> all =
        IntStream.rangeClosed(1, fields).<Field>mapToObj(Workload::categorical).toList();
    return new FeatureSchema(all, name(1));
  }

  public ModelSettings model() {
    return new ModelSettings(kind, embeddingSize, hiddenLayers, 0, 0, ModelSettings.DEFAULT.seed());
  }

  public LearningSettings learning() {
    int denseStep = Math.max(SHORTEST_DENSE_STEP, stepSize);
    return LearningSettings.DEFAULT.withStepSize(stepSize).withDenseStepSize(denseStep);
  }

  public TrainSettings train() {
    TrainSettings like = TrainSettings.DEFAULT;
    return new TrainSettings(
        batchSize,
        like.batchLinger(),
        inFlight,
        like.denseSyncEvery(),
        like.denseSlices(),
        like.cacheRows(),
        learning());
  }

  /** Floating-point operations of an example's matrix products: three a layer of the deep part. */
  public double flops() {
    double flops = 0;
    if (!kind.deep()) {
      return flops;
    }
    int in = fields * embeddingSize;
    for (int out : hiddenLayers) {
      flops += 3 * 2.0 * in * out;
      in = out;
    }
    return flops + 3 * 2.0 * in;
  }

  /** Floating-point operations of a prediction: one product a layer. */
  public double forwardFlops() {
    return flops() / 3;
  }

  private static Field categorical(int number) {
    return new CategoricalField(name(number), number);
  }

  private static String name(int number) {
    return "c" + number;
  }
}
