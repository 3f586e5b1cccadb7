package io.freshet.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.MultiField;
import io.freshet.model.ModelSettings;
import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.model.SampleModel;
import io.freshet.serve.model.Scorer;
import io.freshet.serve.model.SmallLearner;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.TableException;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.types.DataType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class SnapshotPredictorTest {
  private static final Map<String, DataType> INPUT =
      Map.of(
          "user", DataTypes.STRING(),
          "genres", DataTypes.ARRAY(DataTypes.STRING()),
          "price", DataTypes.DOUBLE());

  @TempDir private Path root;
  @TempDir private Path rows;
  private final List<SnapshotPredictor> opened = new ArrayList<>();
  private final Metrics metrics = new Metrics();

  @AfterEach
  void closeAll() {
    opened.forEach(SnapshotPredictor::close);
    assertThat(SharedFollowers.size()).isZero();
  }

  @Test
  void aNewVersionScoresTheNextRow() throws Exception {
    SmallLearner learner = new SmallLearner(root, 1);
    Version first = learner.publish();
    SnapshotPredictor predictor = open(INPUT, Map.of());

    assertThat(predict(predictor, "u1", 2.5)).isEqualTo(scored(first, "u1", 2.5));
    Version second = learner.publish();
    awaitVersion(predictor, second);
    assertThat(predict(predictor, "u1", 2.5)).isEqualTo(scored(second, "u1", 2.5));
  }

  @Test
  void aLineageOfAnotherShapeIsGoneOverTo() throws Exception {
    SmallLearner learner = new SmallLearner(root, 1);
    learner.publish();
    SnapshotPredictor predictor = open(INPUT, Map.of());
    predict(predictor, "u1", 2.5);
    SmallLearner reshaped =
        new SmallLearner(
            root,
            2,
            "1badcafe",
            new FeatureSchema(
                List.of(new MultiField("genres", 2), new CategoricalField("user", 1)), "user"),
            ModelSettings.deepFm(5, List.of(6, 3), 0, 42));
    reshaped.goOnAfter(learner);

    Version other = reshaped.publish();

    awaitVersion(predictor, other);
    assertThat(predict(predictor, "u1", 2.5)).isEqualTo(scored(other, "u1", 2.5));
  }

  @Test
  void theFirstVersionIsWaitedFor() throws Exception {
    SmallLearner learner = new SmallLearner(root, 1);
    Thread publishing =
        new Thread(
            () -> {
              try {
                Thread.sleep(300);
                learner.publish();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    publishing.start();

    SnapshotPredictor predictor = open(INPUT, Map.of());

    assertThat(predict(predictor, "u1", 2.5).getDouble(0)).isBetween(0.0, 1.0);
    publishing.join();
  }

  @Test
  void aRootWithoutVersionsFailsInTheEndAndSaysSo() {
    assertThatThrownBy(() -> open(INPUT, Map.of("load-timeout", "50 ms")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no version of " + root)
        .hasMessageContaining("nothing has been published there");
  }

  @Test
  void aSchemeWithoutAFileSystemFailsAtOnce() {
    assertThatThrownBy(() -> open(INPUT, Map.of("root", "nosuch://bucket/snapshots")))
        .hasMessageContaining("nothing here reads nosuch://bucket/snapshots");
  }

  @Test
  void aModelOfAnotherNameIsRefused() throws Exception {
    new SmallLearner(root, 1).publish();

    assertThatThrownBy(() -> open(INPUT, Map.of("name", "ctr")))
        .isInstanceOf(TableException.class)
        .hasMessageContaining("is 'sample'; expected 'ctr'");
  }

  @Test
  void aColumnNamedAsATaskHasThatTasksProbability() throws Exception {
    Version version = new Version("0badcafe", 3);
    SampleModel.ofTasks(root).full(version, 0.25f, 1L << 52);
    double first = predict(open(INPUT, Map.of()), "u1", 2.5).getDouble(0);

    double click = predict(openFor("click"), "u1", 2.5).getDouble(0);
    double purchase = predict(openFor("purchase"), "u1", 2.5).getDouble(0);

    assertThat(scored(version, "u1", 2.5).getDouble(0)).isEqualTo(first);
    assertThat(click).isEqualTo(first);
    assertThat(purchase).isPositive().isLessThan(click / 2);
  }

  private SnapshotPredictor openFor(String task) throws Exception {
    return open(INPUT, Map.of(), Column.physical(task, DataTypes.DOUBLE()));
  }

  @Test
  void columnsThatAreNotTheModelsAreRefusedUnlessLenient() throws Exception {
    new SmallLearner(root, 1).publish();
    Map<String, DataType> input =
        Map.of("usr", DataTypes.STRING(), "genres", DataTypes.ARRAY(DataTypes.STRING()));

    assertThatThrownBy(() -> open(input, Map.of()))
        .isInstanceOf(TableException.class)
        .hasMessageContaining("missing: user, price; unknown: usr")
        .hasMessageContaining("'columns' = 'lenient'");
    assertThat(open(input, Map.of("columns", "lenient"))).isNotNull();
  }

  @Test
  void aRowThatCannotBeScoredFailsTheJobOrSaysWhy() throws Exception {
    new SmallLearner(root, 1).publish();

    assertThatThrownBy(() -> predict(open(INPUT, Map.of()), "u1", Double.NaN))
        .hasMessageContaining("features.price: NaN (Double)")
        .hasMessageContaining("a column 'error STRING' of OUTPUT");
    RowData failed =
        predict(
            open(
                INPUT,
                Map.of(),
                Column.physical("p", DataTypes.FLOAT()),
                Column.physical("error", DataTypes.STRING())),
            "u1",
            Double.NaN);
    assertThat(failed.isNullAt(0)).isTrue();
    assertThat(failed.getString(1).toString()).contains("features.price: NaN (Double)");
  }

  @Test
  void metricsSayWhichVersionScoresAndWhatCouldNotBeScored() throws Exception {
    SmallLearner learner = new SmallLearner(root, 1);
    learner.publish();
    learner.publish();
    SnapshotPredictor predictor =
        open(
            INPUT,
            Map.of(),
            Column.physical("p", DataTypes.FLOAT()),
            Column.physical("error", DataTypes.STRING()));
    predict(predictor, "u1", 2.5);
    predict(predictor, "u1", Double.NaN);

    assertThat(metrics.gauges.get("model.checkpoint").getValue()).isEqualTo(2.0);
    assertThat((double) metrics.gauges.get("model.rows").getValue()).isPositive();
    assertThat((double) metrics.gauges.get("model.freshness_seconds").getValue()).isPositive();
    assertThat(metrics.gauges.get("model.follower_failing").getValue()).isEqualTo(0);
    assertThat(metrics.counters.get("model.unscored_rows").getCount()).isEqualTo(1);
  }

  @Test
  void subtasksShareAFollowerUntilTheLast() throws Exception {
    new SmallLearner(root, 1).publish();
    SnapshotPredictor one = open(INPUT, Map.of());
    SnapshotPredictor two = open(INPUT, Map.of());
    assertThat(SharedFollowers.size()).isEqualTo(1);

    one.close();
    one.close();

    assertThat(SharedFollowers.size()).isEqualTo(1);
    assertThat(predict(two, "u1", 2.5)).isNotNull();
  }

  @Test
  void rowsOnTheDiskAreOfOneFollowerEach() throws Exception {
    new SmallLearner(root, 1).publish();
    Map<String, String> onDisk = Map.of("store", "rocksdb", "store-dir", rows.toString());
    SnapshotPredictor one = open(INPUT, onDisk);
    Map<String, String> other = new HashMap<>(onDisk);
    other.put("poll-interval", "21 ms");
    SnapshotPredictor two = open(INPUT, other);

    assertThat(predict(one, "u1", 2.5)).isEqualTo(predict(two, "u1", 2.5));
    assertThat(SharedFollowers.size()).isEqualTo(2);
  }

  private SnapshotPredictor open(Map<String, DataType> input, Map<String, String> options)
      throws Exception {
    return open(
        input,
        options,
        Column.physical("p", DataTypes.DOUBLE()),
        Column.physical("version", DataTypes.STRING()));
  }

  private SnapshotPredictor open(
      Map<String, DataType> input, Map<String, String> options, Column... output) throws Exception {
    Map<String, String> all = new HashMap<>();
    all.put("root", root.toString());
    all.put("poll-interval", "20 ms");
    all.putAll(options);
    List<Column> columns = new ArrayList<>();
    for (String name : List.of("user", "usr", "genres", "price")) {
      if (input.containsKey(name)) {
        columns.add(Column.physical(name, input.get(name)));
      }
    }
    SnapshotPredictor predictor =
        new SnapshotPredictor(
            ModelOptions.of(Configuration.fromMap(all)),
            InputColumns.of(ResolvedSchema.of(columns)),
            OutputColumns.of(ResolvedSchema.of(output)));
    predictor.open(
        new FunctionContext(null) {
          @Override
          public MetricGroup getMetricGroup() {
            return metrics;
          }
        });
    opened.add(predictor);
    return predictor;
  }

  private static RowData predict(SnapshotPredictor predictor, String user, double price) {
    Object[] genres = {StringData.fromString("war"), null};
    return predictor
        .predict(
            GenericRowData.of(StringData.fromString(user), new GenericArrayData(genres), price))
        .iterator()
        .next();
  }

  private static void awaitVersion(SnapshotPredictor predictor, Version version)
      throws InterruptedException {
    while (!predict(predictor, "u1", 1).getString(1).toString().equals(version.toString())) {
      Thread.sleep(10);
    }
  }

  private RowData scored(Version version, String user, double price) {
    try (SnapshotFollower follower =
        new SnapshotFollower(new SnapshotStore(new LocalStorage(root)), InstantSource.system())) {
      follower.look();
      try (Scorer scorer = follower.model().orElseThrow().newScorer()) {
        assertThat(scorer.model().version()).isEqualTo(version);
        double score = scorer.score(Map.of("user", user, "genres", List.of("war"), "price", price));
        return GenericRowData.of(score, StringData.fromString(version.toString()));
      }
    }
  }

  /** A group that keeps what is registered below it. */
  private static final class Metrics extends UnregisteredMetricsGroup {
    private final Map<String, Gauge<?>> gauges = new HashMap<>();
    private final Map<String, Counter> counters = new HashMap<>();

    @Override
    public MetricGroup addGroup(String name) {
      return new UnregisteredMetricsGroup() {
        @Override
        public <T, G extends Gauge<T>> G gauge(String metric, G gauge) {
          gauges.put(name + "." + metric, gauge);
          return gauge;
        }

        @Override
        public Counter counter(String metric) {
          return counters.computeIfAbsent(name + "." + metric, key -> new SimpleCounter());
        }
      };
    }
  }
}
