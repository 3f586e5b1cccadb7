package io.freshet.serve.model;

import io.freshet.event.DecodeResult;
import io.freshet.event.FeatureNames;
import io.freshet.event.FeatureValues;
import io.freshet.event.RejectedException;
import io.freshet.event.Rejection;
import io.freshet.feature.ExampleEncoder;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.example.Example;
import io.freshet.feature.history.Histories;
import io.freshet.model.ModelSettings;
import io.freshet.model.batch.MiniBatch;
import io.freshet.model.kind.Explanation;
import io.freshet.model.kind.Predictor;
import io.freshet.model.row.RowWeights;
import io.freshet.snapshot.format.Labels;
import io.freshet.snapshot.format.Manifest;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Click probabilities from raw features, with one version of the model: by the same encoder and the
 * same arithmetic as in training, unknown ids by the rule of the version's manifest.
 *
 * <p>An example's score depends on the example and the version alone; what is scored with it
 * changes no more than the last bits, by the order of additions. Has scratch memory: one for each
 * thread. Holds its version until it is closed; closed, it keeps neither the version nor its rows.
 */
public final class Scorer implements AutoCloseable {
  /** Examples that go through the network together: enough for speed, few enough for the cache. */
  public static final int CHUNK = 128;

  private ServedModel model; // null while closed
  private WeakReference<ServedModel> loaded; // whose dense part the predictor has
  private final Fit fit;
  private final ExampleEncoder encoder;
  private final Histories histories;
  private final Predictor predictor;
  private long lookups;
  private long unknown;

  /** What the memory of a scorer depends on: the same in the versions of a learner. */
  private record Fit(
      FeatureSchema schema,
      ModelSettings settings,
      Manifest.UnknownIds unknownIds,
      Labels labels,
      double samplingRate) {
    static Fit of(ServedModel model) {
      Manifest manifest = model.manifest();
      return new Fit(
          manifest.schema(),
          model.settings(),
          manifest.unknownIds(),
          manifest.labels(),
          manifest.samplingRate());
    }
  }

  Scorer(ServedModel model) {
    model.holdOrFail();
    this.model = model;
    loaded = new WeakReference<>(model);
    fit = Fit.of(model);
    encoder = new ExampleEncoder(model.schema());
    histories = Histories.of(model.schema());
    predictor =
        new Predictor(
            model.schema(),
            model.settings(),
            new Counted(),
            model.unknown(),
            model.dense(),
            model.gauge(),
            model.correction());
  }

  /** Whether this scorer's memory fits another version, too. */
  public boolean fits(ServedModel other) {
    return fit.equals(Fit.of(other));
  }

  /** Opens a closed scorer for a version, which must fit. */
  public void reopen(ServedModel other) {
    other.holdOrFail();
    model = other;
    if (!loaded.refersTo(other)) {
      predictor.load(other.dense(), other.gauge());
      loaded = new WeakReference<>(other);
    }
  }

  /** The version that it scores with, until it is closed. */
  public ServedModel model() {
    checkOpen();
    return model;
  }

  /** The raw features that it reads. */
  public FeatureNames names() {
    return encoder.names();
  }

  /**
   * Encodes raw features. A sequence that the job fills is, where it is missing, that of the
   * version's history of the user.
   *
   * @param time as of which it is filled, in epoch milliseconds
   * @throws RejectedException with the path of what the schema cannot hold
   */
  public Example encode(FeatureValues features, long time) throws RejectedException {
    DecodeResult<Example> outcome = encoder.encode(features);
    if (outcome instanceof DecodeResult.Good<Example> good) {
      return histories.isEmpty()
          ? good.value()
          : histories.served(good.value(), time, model().histories()::find);
    }
    Rejection rejection = ((DecodeResult.Rejected<Example>) outcome).rejection();
    throw new RejectedException(rejection.kind(), rejection.reason());
  }

  /** Encodes raw features as of now. */
  public Example encode(FeatureValues features) throws RejectedException {
    return encode(features, System.currentTimeMillis());
  }

  /**
   * The click probability of raw features: strings, numbers, booleans, nulls and collections of
   * those by the names of the schema; other names are passed over.
   *
   * @throws IllegalArgumentException naming the feature that the schema cannot hold
   */
  public float score(Map<String, ?> features) {
    try {
      return score(List.of(encode(FeatureValues.of(names(), features))))[0];
    } catch (RejectedException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** The probabilities of examples, of the first task. */
  public float[] score(List<Example> examples) {
    return scoreTasks(examples)[0];
  }

  /** The probabilities of examples: by task, then by example. */
  public float[][] scoreTasks(List<Example> examples) {
    checkOpen();
    float[][] scores = new float[model.settings().tasks().size()][examples.size()];
    for (int from = 0; from < examples.size(); from += CHUNK) {
      int to = Math.min(from + CHUNK, examples.size());
      float[][] chunk = predictor.predictTasks(examples.subList(from, to));
      for (int task = 0; task < scores.length; task++) {
        System.arraycopy(chunk[task], 0, scores[task], from, to - from);
      }
    }
    return scores;
  }

  /** How much each field adds to the logit of an example, of the first task. */
  public Explanation explain(Example example) {
    return explain(example, 0);
  }

  /** The same of a task; where that follows on another, of its logit given that. */
  public Explanation explain(Example example, int task) {
    checkOpen();
    return predictor.explain(example, task);
  }

  private void checkOpen() {
    if (model == null) {
      throw new IllegalStateException("the scorer is closed");
    }
  }

  /** Distinct ids looked up so far, chunk by chunk. */
  public long lookups() {
    return lookups;
  }

  /** Of those, the ids without a row. */
  public long unknownIds() {
    return unknown;
  }

  /** Lets the version go. */
  @Override
  public void close() {
    if (model != null) {
      model.release();
      model = null;
    }
  }

  /** The rows of the version, counted as they are read. */
  private final class Counted implements RowWeights {
    @Override
    public boolean read(long fid, float[] target, int at) {
      lookups++;
      boolean known = model.rows().read(fid, target, at);
      unknown += known ? 0 : 1;
      return known;
    }

    @Override
    public void readAll(MiniBatch batch, int width, float[] target, IntConsumer missing) {
      lookups += batch.rows();
      model
          .rows()
          .readAll(
              batch,
              width,
              target,
              row -> {
                unknown++;
                missing.accept(row);
              });
    }
  }
}
