package io.freshet.job.pipeline;

import static io.freshet.job.pipeline.PredictionsKept.PREDICTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.config.LearnerConfig;
import io.freshet.feature.Fids;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.kind.Predictor;
import io.freshet.model.label.LabelCorrection;
import io.freshet.model.row.UnknownRows;
import io.freshet.snapshot.format.DataFile;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.CountedFiles;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.Snapshot;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import io.freshet.train.InitialModel;
import io.freshet.train.RefusedException;
import io.freshet.train.WarmStart;
import io.freshet.wire.WireType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A job without state that starts from what another published. */
@Timeout(120)
class WarmStartITCase {
  private static final int LEARNED = 3_000;
  private static final int MORE = 32; // one row step: each predicted before any is learned
  private static final int FEW = 8;
  private static final int FIELDS = 3;
  private static final String PLAIN =
      "{name: user, kind: categorical}, {name: item, kind: multi, embedding-size: 3},"
          + " {name: price, kind: numeric}";
  private static final String CONFIG =
      """
      name: warm
      kafka: {bootstrap-servers: "localhost:9092"}
      features: [%s]
      model: {embedding-size: 4, hidden-layers: [8, 4]}
      predictions: {to: topic, topic: predicted}
      snapshot: {root: "%s"}
      checkpoint: {interval: 300 ms, dir: "%s", backend: hashmap}
      parallelism: %s
      """;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"1, '', 0", "2, ', {name: hour, kind: categorical}', 4"})
  void itGoesOnFromThePublishedModel(int parallelism, String more, int late) throws Exception {
    LearnerConfig config = config(PLAIN, parallelism);
    run(config, WarmStart.NONE, 0, LEARNED, FIELDS);
    Version first = latest();
    LearnerConfig changed = config(PLAIN + more, 1);

    PREDICTED.clear();
    WarmStart warm = SnapshotInitialModel.of(folder.resolve("snapshots") + "/" + first, changed);
    run(changed, warm, LEARNED, LEARNED + MORE, changed.features().size());
    Version second = latest();

    Map<String, Float> expected = predictions(first, config);
    assertThat(PREDICTED.keySet()).isEqualTo(expected.keySet());
    expected.forEach( // but for what each number itself changes of the moments
        (id, prediction) -> assertThat(PREDICTED.get(id)).isCloseTo(prediction, within(2e-3f)));
    assertThat(expected.values()).anyMatch(p -> p > 0.75f).anyMatch(p -> p < 0.25f);
    Snapshot before = load(first);
    Snapshot after = load(second);
    assertThat(second.lineage()).isNotEqualTo(first.lineage());
    assertThat(new SnapshotReader(store()).verify(second).problems()).isEmpty();
    assertThat(after.fids()).contains(before.fids());
    assertThat(after.totalUpdates())
        .isEqualTo(
            before.totalUpdates() + MORE * (1 + 2 + changed.features().size())); // 2: the knots
    assertThat(zeroFields(second)).isEqualTo(late == 0 ? List.of() : List.of(late));
  }

  /** Exactly, but for the few rows that it goes on to learn; and each file is read once. */
  @ParameterizedTest
  @CsvSource({"1, 2", "2, 1", "2, 4", "4, 2"})
  void aJobOfAnyParallelismStartsFromThatOfAnother(int before, int after) throws Exception {
    run(config(PLAIN, before), WarmStart.NONE, 0, LEARNED, FIELDS);
    Version first = latest();
    LearnerConfig other = config(PLAIN, after);
    CountedFiles.forget();

    String place = "counted://" + folder.resolve("snapshots") + "/" + first;
    run(other, SnapshotInitialModel.of(place, other), LEARNED, LEARNED + FEW, FIELDS);

    for (Manifest manifest : new SnapshotReader(store()).chain(first, Optional.empty())) {
      for (DataFile.EmbeddingFile file : manifest.embeddings()) {
        Path path = folder.resolve("snapshots/" + manifest.version() + "/" + file.name());
        assertThat(CountedFiles.bytes(path)).as(file.name()).isEqualTo(file.size());
      }
    }
    Snapshot earlier = load(first);
    Snapshot later = load(latest());
    assertThat(store().manifest(latest()).parent()).isEmpty();
    assertThat(later.fids()).contains(earlier.fids());
    int same = 0;
    for (long fid : earlier.fids()) {
      if (later.updates(fid) == earlier.updates(fid)) {
        assertThat(row(later, fid)).isEqualTo(row(earlier, fid));
        same++;
      }
    }
    assertThat(same).isBetween(earlier.size() - 2 * FEW - 10, earlier.size() - 2 * FEW);
    assertThat(later.totalUpdates()).isEqualTo(earlier.totalUpdates() + FEW * (1 + 2 + FIELDS));
  }

  private static float[] row(Snapshot model, long fid) {
    float[] row = new float[model.width()];
    assertThat(model.read(fid, row, 0)).isTrue();
    return row;
  }

  @ParameterizedTest
  @CsvSource({
    "embedding-size: 4, embedding-size: 8, 'model.embedding-size is 8, there it is 4'",
    "embedding-size: 3, embedding-size: 2, 'embedding-size of feature number 2 is 2, there it is"
        + " 3'",
    "kind: multi, kind: categorical, feature number 2 is Categorical"
  })
  void aVersionOfAnotherModelIsRefused(String was, String is, String said) throws Exception {
    run(config(PLAIN, 1), WarmStart.NONE, 0, 100, FIELDS);
    String text = text(PLAIN, 1).replace(was, is);
    LearnerConfig other = LearnerConfig.parse(text, "learner.yaml", List.of());

    assertThatThrownBy(() -> SnapshotInitialModel.of(folder.resolve("snapshots").toString(), other))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(latest().toString())
        .hasMessageContaining(said);
  }

  private Map<String, Float> predictions(Version version, LearnerConfig config) throws IOException {
    Snapshot model = load(version);
    List<Example> examples =
        IntStream.range(LEARNED, LEARNED + MORE)
            .mapToObj(i -> example(i, FIELDS).example())
            .toList();
    float[] values =
        new Predictor(
                config.features(),
                config.model(),
                model,
                UnknownRows.START,
                model.denseVector(),
                model.gauge(),
                LabelCorrection.none())
            .predict(examples);
    Map<String, Float> predictions = new TreeMap<>();
    for (int i = 0; i < MORE; i++) {
      predictions.put("i" + (LEARNED + i), values[i]);
    }
    return predictions;
  }

  private void run(LearnerConfig config, WarmStart warm, int from, int to, int fields)
      throws Exception {
    Configuration flink = new Configuration();
    flink.set(RestOptions.BIND_PORT, "0");
    StreamExecutionEnvironment env = new LearnerJob(config, true).localEnvironment(flink);
    DataStream<LabeledExample> examples =
        env.fromSequence(from, to - 1)
            .setParallelism(1)
            .map(number -> example(number, fields))
            .setParallelism(1)
            .returns(WireType.of(LabeledExample.class))
            .assignTimestampsAndWatermarks(
                WatermarkStrategy.<LabeledExample>forMonotonousTimestamps()
                    .withTimestampAssigner((example, time) -> example.time()))
            .setParallelism(1);
    new LearnerTopology(config, InitialModel.PLAIN.from(warm))
        .learn(examples, Results.only(new DiscardingSink<>(), Optional.of(new PredictionsKept())));
    env.execute();
  }

  private LearnerConfig config(String features, int parallelism) {
    return LearnerConfig.parse(text(features, parallelism), "learner.yaml", List.of());
  }

  private String text(String features, int parallelism) {
    return CONFIG.formatted(
        features,
        folder.resolve("snapshots").toUri(),
        folder.resolve("checkpoints").toUri(),
        parallelism);
  }

  /** An example of the first so many fields. */
  private static LabeledExample example(long number, int fields) {
    long[] fids = {
      Fids.BIAS,
      Fids.of(1, 2 + number % 100),
      Fids.of(2, 2 + number % 37),
      Fids.number(3),
      Fids.of(4, 2 + number % 24)
    };
    float[] values = new float[1 + fields];
    Arrays.fill(values, 1);
    values[3] = number % 50 * (number % 50);
    float label = number % 50 > 15 ? 1 : 0;
    Example example = new Example(number % 100, Arrays.copyOf(fids, 1 + fields), values);
    return new LabeledExample("i" + number, 1_000_000 + number, label, 1, example);
  }

  private List<Integer> zeroFields(Version version) throws IOException {
    Manifest manifest = store().manifest(version);
    return manifest.unknownIds().zeroFields();
  }

  private Version latest() throws IOException {
    return store().latest().orElseThrow();
  }

  private Snapshot load(Version version) throws IOException {
    return new SnapshotReader(store()).load(version);
  }

  private SnapshotStore store() {
    return new SnapshotStore(new LocalStorage(folder.resolve("snapshots")));
  }
}
