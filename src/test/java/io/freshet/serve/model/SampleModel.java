package io.freshet.serve.model;

import io.freshet.feature.CategoricalField;
import io.freshet.feature.CrossField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.MultiField;
import io.freshet.feature.NumericField;
import io.freshet.feature.NumericField.Transform;
import io.freshet.feature.example.LabelSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.Task;
import io.freshet.model.Tasks;
import io.freshet.model.dense.DenseShape;
import io.freshet.model.gauge.Expert;
import io.freshet.model.gauge.NumberScale;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.model.gauge.PublishedGauge.OfTask;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.publish.SampleChain;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Versions of a small model in which every number of a version is the same. */
public final class SampleModel {
  public static final int WIDTH = 3;
  public static final ModelSettings SETTINGS = ModelSettings.deepFm(WIDTH - 1, List.of(4), 0, 42);
  public static final FeatureSchema SCHEMA =
      new FeatureSchema(
          List.of(
              new CategoricalField("user", 1),
              new MultiField("genres", 2),
              new NumericField("price", 3, new Transform.Log()),
              new CrossField("user-genre", 4, List.of("user", "genres"))),
          "user");
  public static final Map<String, ?> FEATURES =
      Map.of("user", "u1", "genres", List.of("drama", "war"), "price", 2.5);

  public static final PublishedGauge GAUGE =
      new PublishedGauge(
          List.of(new NumberScale(1, 1.1, 0.4)),
          -1.5,
          List.of(
              new Expert(0, 0, 0.1, 0),
              new Expert(0.5, 0, 0.3, -0.25),
              new Expert(0, 1, 0.6, 0.5)));

  /** A purchase that follows on a click. */
  public static final Tasks TASKS =
      new Tasks(
          List.of(
              new Task("click", "", "clicked", LabelSettings.DEFAULT),
              new Task("purchase", "click", "bought", LabelSettings.DEFAULT)));

  private final SampleChain chain;
  private final int dense;

  public SampleModel(Path root) {
    this(root, SETTINGS, GAUGE);
  }

  /** Predicts {@link #TASKS}. */
  public static SampleModel ofTasks(Path root) {
    OfTask purchase = new OfTask(-2, List.of(new Expert(0, 1, 1, 0)));
    PublishedGauge gauge =
        new PublishedGauge(GAUGE.numbers(), GAUGE.offset(), GAUGE.experts(), List.of(purchase));
    return new SampleModel(root, SETTINGS.withTasks(TASKS), gauge);
  }

  private SampleModel(Path root, ModelSettings settings, PublishedGauge gauge) {
    chain = new SampleChain(root, SCHEMA, settings).gauge(gauge);
    dense = DenseShape.of(SCHEMA, settings).size();
  }

  public void full(Version version, float value, long... fids) throws IOException {
    List<Long> all = Arrays.stream(fids).boxed().toList();
    chain.publish(version, Optional.empty(), rows(value, all), new long[0], dense(value));
  }

  /** A full whose rows and dense part hold different numbers. */
  public void full(Version version, float rows, float dense, List<Long> fids) throws IOException {
    chain.publish(version, Optional.empty(), rows(rows, fids), new long[0], dense(dense));
  }

  public void delta(Version version, Version parent, float value, List<Long> fids, long... removed)
      throws IOException {
    chain.publish(version, Optional.of(parent), rows(value, fids), removed, dense(value));
  }

  public void pointTo(Version version) throws IOException {
    chain.pointTo(version);
  }

  private static SortedMap<Long, float[]> rows(float value, List<Long> fids) {
    SortedMap<Long, float[]> rows = new TreeMap<>();
    for (long fid : fids) {
      float[] row = new float[WIDTH];
      Arrays.fill(row, value);
      rows.put(fid, row);
    }
    return rows;
  }

  private float[] dense(float value) {
    float[] values = new float[dense];
    Arrays.fill(values, value);
    return values;
  }
}
