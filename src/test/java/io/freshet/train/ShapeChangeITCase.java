package io.freshet.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.feature.Example;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.Field;
import io.freshet.feature.LabelledExample;
import io.freshet.join.LabelledExampleCodec;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.Predictions;
import io.freshet.model.Predictor;
import io.freshet.model.UnknownRows;
import io.freshet.snapshot.Announcement;
import io.freshet.snapshot.LocalStorage;
import io.freshet.snapshot.Manifest;
import io.freshet.snapshot.NoticeSink;
import io.freshet.snapshot.Snapshot;
import io.freshet.snapshot.SnapshotPublisher;
import io.freshet.snapshot.SnapshotReader;
import io.freshet.snapshot.SnapshotSettings;
import io.freshet.snapshot.SnapshotStore;
import io.freshet.snapshot.SnapshotWriter;
import io.freshet.snapshot.Version;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A job that is stopped with a savepoint, given another field or layer or robbed of one, and
 * started again: what it predicts before it learns, and what it publishes.
 */
@Timeout(180)
class ShapeChangeITCase {
  @RegisterExtension private static final LoopCluster CLUSTER = new LoopCluster();

  private static final Field USER = new Field.Categorical("user", 1);
  private static final Field ITEM = new Field.Categorical("item", 2);
  private static final Field TAGS = new Field.Multi("tags", 3);
  private static final Field HOUR = new Field.Categorical("hour", 4);
  private static final FeatureSchema WHOLE =
      new FeatureSchema(List.of(USER, ITEM, TAGS, HOUR), "user");
  private static final FeatureSchema TURNED = new FeatureSchema(List.of(HOUR, USER, ITEM), "user");
  private static final ModelSettings MODEL = new ModelSettings(4, List.of(16, 8), 0, 42);
  private static final ModelSettings WIDER = new ModelSettings(4, List.of(24, 8), 0, 42);
  private static final int BATCH = 32;
  private static final LearningSettings D = LearningSettings.DEFAULT;
  private static final LearningSettings ONE_STEP_A_BATCH =
      new LearningSettings(64, 64, D.firstOrder(), D.embedding(), 64, D.dense());
  private static final TrainSettings TRAIN =
      new TrainSettings(BATCH, Duration.ofMinutes(1), 2, 64, 16, 1000, ONE_STEP_A_BATCH);
  private static final List<LabelledExample> SENT = new CopyOnWriteArrayList<>();
  private static final List<Predictions> MADE = new CopyOnWriteArrayList<>();

  @TempDir private Path folder;

  @BeforeEach
  void clear() {
    SENT.clear();
    MADE.clear();
  }

  @ParameterizedTest
  @CsvSource({"hashmap, 1, 1", "rocksdb, 2, 1"})
  void fieldsAndLayersComeAndGoByASavepoint(String backend, int before, int after)
      throws Exception {
    String first = run(SyntheticExamples.SCHEMA, MODEL, backend, before, "");
    Version old = latest();

    clear();
    String second = run(WHOLE, MODEL, backend, after, first);
    Version grown = latest();

    assertThat(firstPredictions())
        .as("before the first update, but for the order in which a wider product is summed")
        .containsExactly(predict(old, SyntheticExamples.SCHEMA, MODEL), within(1e-6f));
    assertThat(grown.lineage()).isNotEqualTo(old.lineage());
    assertFullBegins(grown, WHOLE);
    assertThat(manifest(grown).unknownIds().zeroFields()).containsExactly(4);
    assertThat(fields(grown)).contains(1, 2, 3, 4);
    assertThat(load(grown).totalUpdates()).isGreaterThan(load(old).totalUpdates());
    assertThat(load(grown).fids()).contains(load(old).fids());

    clear();
    run(TURNED, WIDER, backend, after, second);
    Version turned = latest();

    assertThat(turned.lineage()).isNotEqualTo(grown.lineage());
    assertFullBegins(turned, TURNED);
    assertThat(fields(turned)).contains(1, 2, 4).doesNotContain(3);
    assertThat(manifest(turned).unknownIds().zeroFields()).containsExactly(4);
    for (long fid : load(grown).fids()) {
      if (Fids.field(fid) != 3) {
        assertThat(load(turned).updates(fid)).isGreaterThanOrEqualTo(load(grown).updates(fid));
      }
    }
  }

  private void assertFullBegins(Version version, FeatureSchema schema) throws IOException {
    assertThat(reader().verify(version).problems()).isEmpty();
    List<Manifest> chain = new ArrayList<>();
    for (Version v : store().versions()) {
      if (v.lineage().equals(version.lineage())) {
        chain.add(manifest(v));
      }
    }
    assertThat(chain).filteredOn(m -> m.kind() == Manifest.Kind.FULL).isNotEmpty();
    assertThat(chain).allMatch(m -> m.schema().equals(schema));
  }

  private static float[] firstPredictions() {
    return MADE.get(0).probabilities();
  }

  /** What the version makes of the first examples after it, without what it does not know. */
  private float[] predict(Version version, FeatureSchema schema, ModelSettings model)
      throws IOException {
    Snapshot snapshot = load(version);
    KnownFeatures known = new KnownFeatures(schema);
    List<Example> examples =
        SENT.subList(0, firstPredictions().length).stream()
            .map(example -> known.of(example).example())
            .toList();
    return new Predictor(schema, model, snapshot, UnknownRows.START, snapshot.denseVector())
        .predict(examples);
  }

  private List<Integer> fields(Version version) throws IOException {
    return LongStream.of(load(version).fids()).mapToObj(Fids::field).distinct().toList();
  }

  private Version latest() throws IOException {
    return store().latest().orElseThrow();
  }

  private Snapshot load(Version version) throws IOException {
    return reader().load(version);
  }

  private Manifest manifest(Version version) throws IOException {
    return store().manifest(version);
  }

  private SnapshotReader reader() {
    return new SnapshotReader(store());
  }

  private SnapshotStore store() {
    return new SnapshotStore(new LocalStorage(folder.resolve("snapshots")));
  }

  /** Learns some hundred examples, and stops with a savepoint, which is returned. */
  private String run(
      FeatureSchema schema, ModelSettings model, String backend, int parallelism, String from)
      throws Exception {
    Configuration flink = new Configuration();
    flink.set(PipelineOptions.GENERIC_TYPES, false);
    flink.set(StateBackendOptions.STATE_BACKEND, backend);
    flink.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(200));
    if (!from.isEmpty()) {
      flink.set(StateRecoveryOptions.SAVEPOINT_PATH, from);
    }
    StreamExecutionEnvironment env = CLUSTER.environment(flink);
    env.setParallelism(parallelism);
    env.setMaxParallelism(LoopRun.MAX_PARALLELISM);
    build(env, schema, model);
    JobClient job = env.executeAsync();
    while (MADE.size() < 20) {
      Thread.sleep(5);
      assertThat(job.getJobStatus().get().isGloballyTerminalState()).isFalse();
    }
    String target = folder.resolve("savepoints").toUri().toString();
    String savepoint =
        job.stopWithSavepoint(false, target, SavepointFormatType.CANONICAL)
            .get(60, TimeUnit.SECONDS);
    job.getJobExecutionResult().get(60, TimeUnit.SECONDS);
    return savepoint;
  }

  private void build(StreamExecutionEnvironment env, FeatureSchema schema, ModelSettings model) {
    SnapshotSettings snapshot =
        new SnapshotSettings(folder.resolve("snapshots").toUri().toString());
    DataStream<LabelledExample> examples =
        env.fromSequence(0, Long.MAX_VALUE - 1)
            .uid("numbers")
            .setParallelism(1)
            .map(ShapeChangeITCase::example)
            .setParallelism(1)
            .returns(LabelledExampleCodec.TYPE);
    TrainingLoop loop = TrainingLoop.attach(examples, schema, model, TRAIN);
    loop.predictions().process(new Keep()).uid("keep").setParallelism(1);
    loop.rows()
        .transform("SnapshotWriter", Announcement.TYPE, new SnapshotWriter(snapshot, model, 50))
        .uid("writer")
        .union(loop.dense().<Announcement>map(Announcement.Dense::new).returns(Announcement.TYPE))
        .transform(
            "SnapshotPublisher",
            Types.VOID,
            new SnapshotPublisher(
                snapshot,
                "shape",
                schema,
                model,
                new Manifest.Labels("click", "wait", Manifest.Labels.NONE, 1),
                NoticeSink.none()))
        .uid("publisher")
        .setParallelism(1);
  }

  /** An example with an hour, which the first model knows nothing of. */
  private static LabelledExample example(long number) throws InterruptedException {
    Thread.sleep(1);
    LabelledExample plain = SyntheticExamples.example(31, number);
    int n = plain.example().occurrences();
    long[] fids = Arrays.copyOf(plain.example().fids(), n + 1);
    float[] values = Arrays.copyOf(plain.example().values(), n + 1);
    fids[n] = Fids.of(4, number % 24);
    values[n] = 1;
    LabelledExample whole = plain.with(new Example(plain.example().user(), fids, values));
    SENT.add(whole);
    return whole;
  }

  private static final class Keep extends ProcessFunction<Predictions, Void> {
    private static final long serialVersionUID = 1L;

    @Override
    public void processElement(Predictions made, Context context, Collector<Void> out) {
      MADE.add(made);
    }
  }
}
