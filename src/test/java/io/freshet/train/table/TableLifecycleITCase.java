package io.freshet.train.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.feature.example.LabeledExample;
import io.freshet.model.Admission;
import io.freshet.model.ModelSettings;
import io.freshet.model.TableSettings;
import io.freshet.model.TableSettings.FieldRule;
import io.freshet.model.TableSettings.Rule;
import io.freshet.model.learn.LocalLearner;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.maintain.Compaction;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.Snapshot;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import io.freshet.train.LoopSettings;
import io.freshet.train.TrainSettings;
import io.freshet.train.loop.LocalModel;
import io.freshet.train.loop.LoopCluster;
import io.freshet.train.loop.LoopRun;
import io.freshet.train.loop.PublishedLoop;
import io.freshet.train.loop.SyntheticExamples;
import io.freshet.wire.WireType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The loop in a mini cluster, with features that earn their rows and lose them. */
@Timeout(180)
class TableLifecycleITCase {
  @RegisterExtension private static final LoopCluster CLUSTER = new LoopCluster();

  private static final int EXAMPLES = 6_000;
  private static final int BATCH = 64;
  private static final long SEED = 31;
  private static final ModelSettings MODEL = ModelSettings.deepFm(4, List.of(16, 8), 0, 42);
  private static final AtomicBoolean BROKE = new AtomicBoolean();

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"count, 1000", "chance, 1000", "count, 40"})
  void oneTrainerHasTheRowsOfTheLocalLearner(String admission, int cacheRows) throws Exception {
    TableSettings table =
        table(
            admission.equals("count") ? new Admission.Counted(4) : new Admission.Chance(0.2),
            TableSettings.UNBOUNDED);
    TrainSettings settings = settings(1, cacheRows, table);
    List<LabeledExample> examples = SyntheticExamples.examples(SEED, EXAMPLES);
    LocalModel model = LocalModel.of(examples, BATCH, MODEL, settings.learning());
    LocalLearner local = model.learner();

    LoopRun job = new LoopRun(SEED, EXAMPLES, MODEL, settings).in(CLUSTER).execute();

    Set<Long> unswept = new HashSet<>(); // expired at the end, but never asked for again
    for (int row = 0; row < local.rows(); row++) {
      if (local.find(local.fid(row)) >= 0 && !job.rows.containsKey(local.fid(row))) {
        unswept.add(local.fid(row));
      }
    }
    model.assertHasRowsOf(job);
    long last = examples.get(EXAMPLES - 1).time();
    assertThat(unswept).allMatch(fid -> lastSeen(examples, fid) < last - 100_000);
    assertThat(local.tableCounts().expired()).isPositive();
    assertThat(local.tableCounts().notAdmitted()).isPositive();
    assertThat(job.denseValues()).containsExactly(model.dense(), within(1e-6f));
  }

  private static long lastSeen(List<LabeledExample> examples, long fid) {
    return examples.stream()
        .filter(e -> Arrays.stream(e.example().fids()).anyMatch(f -> f == fid))
        .mapToLong(LabeledExample::time)
        .max()
        .orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({"hashmap, 2, 1000000", "rocksdb, 3, 90"})
  void everyVersionAccountsForEveryOccurrenceThroughFailures(
      String backend, int parallelism, long maxRows) throws Exception {
    BROKE.set(false);
    StreamExecutionEnvironment env =
        CLUSTER.environment(LoopCluster.settings(backend, Duration.ofMillis(100)), parallelism);
    build(env, settings(2, 60, table(new Admission.Counted(4), maxRows)));

    env.execute();

    assertThat(BROKE).isTrue();
    SnapshotStore store = new SnapshotStore(storage());
    SnapshotReader reader = new SnapshotReader(store);
    assertThat(store.versions()).hasSizeGreaterThan(3);
    for (Version version : store.versions()) {
      assertThat(reader.verify(version).problems()).isEmpty();
      Snapshot model = reader.load(version);
      int learned = (int) model.manifest().dense().examples();
      long occurrences =
          SyntheticExamples.occurrences(SEED, learned).values().stream()
              .mapToLong(Long::longValue)
              .sum();
      assertThat(model.totalOccurrences())
          .as("%s: %s", version, model.manifest().metrics())
          .isEqualTo(occurrences);
      assertThat(model.manifest().metrics()).containsEntry("table_rows", (double) model.size());
    }
    Manifest last = store.manifest(store.latest().orElseThrow());
    assertThat(last.dense().examples()).isEqualTo(EXAMPLES);
    assertThat(last.metrics().get("table_expired")).isPositive();
    assertThat(last.metrics().get("table_evicted") > 0).isEqualTo(maxRows < 1000);
    assertThat(last.unknownIds().zeroFields()).containsExactly(2);
    assertMergedIsTheSame(reader, last);
  }

  private void assertMergedIsTheSame(SnapshotReader reader, Manifest last) throws Exception {
    Snapshot chain = reader.load(last.version());
    Compaction.of(storage()).merge(last.version()); // or the publisher has done it
    List<Manifest> merged = reader.chain(last.version(), Optional.empty());
    Manifest full = merged.get(0);

    assertThat(merged).hasSize(1);
    assertThat(full.rows()).isEqualTo(chain.size());
    assertThat(reader.load(last.version()).fids()).containsExactly(chain.fids());
  }

  private void build(StreamExecutionEnvironment env, TrainSettings settings) {
    DataStream<LabeledExample> examples =
        env.fromSequence(0, EXAMPLES - 1)
            .setParallelism(1)
            .map(new SlowlyAndBreakingOnce())
            .setParallelism(1)
            .returns(WireType.of(LabeledExample.class));
    LoopSettings loop = LoopSettings.of(SyntheticExamples.SCHEMA, MODEL, settings);
    PublishedLoop.attach(examples, loop, folder).predictions().sinkTo(new DiscardingSink<>());
  }

  private LocalStorage storage() {
    return new LocalStorage(folder.resolve("snapshots"));
  }

  /** Users expire, items have to earn their rows, tags stay. */
  private static TableSettings table(Admission ofItems, long maxRows) {
    return new TableSettings(
        Rule.NONE,
        List.of(
            new FieldRule(1, "user", new Rule(Admission.ALL, Duration.ofSeconds(100))),
            new FieldRule(2, "item", new Rule(ofItems, Duration.ofSeconds(100))),
            new FieldRule(3, "tags", Rule.NONE)),
        maxRows,
        TableSettings.SKETCH_BYTES);
  }

  private static TrainSettings settings(int inFlight, int cacheRows, TableSettings table) {
    return TrainSettings.DEFAULT
        .withBatchSize(BATCH)
        .withBatchLinger(Duration.ofMinutes(10))
        .withMaxInFlight(inFlight)
        .withDenseSlices(16)
        .withCacheRows(cacheRows)
        .withTable(table);
  }

  private static final class SlowlyAndBreakingOnce
      implements MapFunction<Long, LabeledExample>, CheckpointListener {
    private static final long serialVersionUID = 1L;
    private transient int checkpoints;

    @Override
    public LabeledExample map(Long number) throws InterruptedException {
      if (number % 4 == 0) {
        Thread.sleep(1);
      }
      if (checkpoints >= 4 && number > EXAMPLES / 3 && BROKE.compareAndSet(false, true)) {
        throw new IllegalStateException("broken on purpose at " + number);
      }
      return SyntheticExamples.example(SEED, number);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) {
      checkpoints++;
    }
  }
}
