package io.freshet.train.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.example.LabeledExample;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.dense.DenseParameters;
import io.freshet.model.row.RowLayout;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.Snapshot;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import io.freshet.train.LoopSettings;
import io.freshet.train.TrainSettings;
import io.freshet.train.dense.DenseSlicing;
import io.freshet.wire.WireType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The published chain of deltas against the shards' and mergers' keyed state, row for row and bit
 * for bit: after aborted checkpoints, plain savepoints, a failure between completion and
 * publication, a start from an older checkpoint, and the loss of the version to build on.
 */
@Timeout(600)
class DeltaChainITCase {
  @RegisterExtension private static final LoopCluster CLUSTER = new LoopCluster();

  private static final ModelSettings MODEL = ModelSettings.deepFm(4, List.of(16, 8), 0, 42);
  private static final LearningSettings LEARNING = LearningSettings.DEFAULT;
  private static final TrainSettings TRAIN =
      TrainSettings.DEFAULT
          .withBatchSize(32)
          .withDenseSyncEvery(64)
          .withDenseSlices(16)
          .withCacheRows(40);
  private static final long SEED = 29;
  private static final Troubled.Trouble TROUBLE = Troubled.TROUBLE;

  @TempDir private Path folder;
  private JobClient running;

  @AfterEach
  void end() throws Exception {
    if (!running.getJobStatus().get().isGloballyTerminalState()) {
      running.cancel().get();
      awaitEnd(running, JobStatus.CANCELED);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"hashmap", "rocksdb"})
  void theChainOfDeltasAddsUpToTheKeyedState(String backend) throws Exception {
    TROUBLE.clear();
    JobClient first = start(backend, "");
    await(() -> TROUBLE.completed.size() >= 3);
    abortCheckpoints();
    savepoint(first);
    savepoint(first);
    failBetweenCompletionAndPublication();
    awaitLatest(TROUBLE.completed.last() + 2);
    await(() -> published(first).size() >= 4);
    first.cancel().get();
    awaitEnd(first, JobStatus.CANCELED);

    List<Path> checkpoints = published(first);
    Path older = checkpoints.get(checkpoints.size() - 2);
    if (backend.equals("hashmap")) { // retained ones are in the backend's own format
      assertPublishedAsInState(older, backend, lineage());
    }
    TROUBLE.clear();
    JobClient second = start(backend, older.toUri().toString());
    await(() -> TROUBLE.completed.size() >= 4);
    assertThat(lineages()).as("the start from an older checkpoint branched off").hasSize(2);
    loseParents();
    String end = LoopCluster.stop(second, folder.resolve("end"), SavepointFormatType.CANONICAL);
    awaitEnd(second, JobStatus.FINISHED);

    assertThat(TROUBLE.aborted).as("aborted checkpoints").hasPositiveValue();
    assertSame(store().latest().orElseThrow(), StateDump.of(end, backend, CLUSTER));
  }

  private void abortCheckpoints() throws Exception {
    int before = TROUBLE.aborted.get();
    TROUBLE.hold = true;
    await(() -> TROUBLE.aborted.get() >= before + 1);
    TROUBLE.hold = false;
  }

  private void savepoint(JobClient job) throws Exception {
    long last = TROUBLE.completed.last();
    for (int attempt = 1; ; attempt++) {
      try {
        String target = folder.resolve("plain").toUri().toString();
        job.triggerSavepoint(target, SavepointFormatType.CANONICAL).get(60, TimeUnit.SECONDS);
        break;
      } catch (ExecutionException e) { // it shares the checkpoints' short timeout
        assertThat(attempt).as("attempts at a savepoint: %s", e).isLessThan(10);
      }
    }
    await(() -> TROUBLE.completed.last() > last);
  }

  /** Files block the folders of the next versions until the job has failed. */
  private void failBetweenCompletionAndPublication() throws Exception {
    Version latest = store().latest().orElseThrow();
    List<Path> inTheWay = new ArrayList<>();
    for (long id = latest.checkpoint() + 3; id < latest.checkpoint() + 60; id++) {
      Path place =
          folder.resolve("snapshots").resolve(new Version(latest.lineage(), id).toString());
      if (!Files.exists(place)) {
        inTheWay.add(Files.createFile(place));
      }
    }
    long held = latest.checkpoint() + 5;
    await(() -> TROUBLE.completed.last() > held);
    assertThat(store().latest().orElseThrow().checkpoint()).isLessThan(held);
    int starts = TROUBLE.starts.get();
    TROUBLE.fail.set(true);
    await(() -> TROUBLE.starts.get() > starts);
    for (Path file : inTheWay) {
      Files.deleteIfExists(file);
    }
  }

  /** Removes what the next version would build on, until a full begins another lineage. */
  private void loseParents() throws Exception {
    int before = lineages().size();
    while (lineages().size() == before) {
      Version latest = store().latest().orElseThrow();
      Files.deleteIfExists(
          folder.resolve("snapshots").resolve(latest.toString()).resolve(Manifest.FILE));
      Thread.sleep(100);
    }
  }

  private void assertPublishedAsInState(Path checkpoint, String backend, String lineage)
      throws Exception {
    long id = number(checkpoint);
    StateDump state = StateDump.of(checkpoint.toUri().toString(), backend, CLUSTER);
    assertSame(new Version(lineage, id), state);
  }

  private void assertSame(Version version, StateDump state) throws IOException {
    SnapshotReader reader = new SnapshotReader(store());
    assertThat(reader.verify(version).problems()).isEmpty();
    Snapshot model = reader.load(version);
    assertThat(rows(model)).isEqualTo(rows(state));
    assertThat(model.denseVector()).containsExactly(dense(state));
  }

  /** By fid: updates, then the finished row's bits. */
  private static Map<Long, List<Long>> rows(Snapshot model) {
    Map<Long, List<Long>> rows = new TreeMap<>();
    for (long fid : model.fids()) {
      float[] row = new float[model.width()];
      model.read(fid, row, 0);
      rows.put(fid, bits(model.updates(fid), row));
    }
    return rows;
  }

  private static Map<Long, List<Long>> rows(StateDump state) {
    RowLayout layout = new RowLayout(MODEL, LEARNING);
    Map<Long, List<Long>> rows = new TreeMap<>();
    state
        .rows()
        .forEach(
            (fid, stored) -> {
              float[] row = new float[layout.finishedWidth()];
              layout.finish(fid, floats(stored), 0, row, 0);
              rows.put(fid, bits(stored.counts().get(0), row));
            });
    return rows;
  }

  private static float[] dense(StateDump state) {
    DenseParameters start =
        DenseParameters.start(SyntheticExamples.SCHEMA.size(), MODEL, LEARNING.dense());
    DenseSlicing slicing = new DenseSlicing(start.size(), TRAIN.denseSlices());
    float[] values = new float[start.size()];
    state
        .slices()
        .forEach(
            (slice, stored) -> {
              int n = slicing.length(slice);
              LEARNING
                  .dense()
                  .optimizer()
                  .read(floats(stored), 0, n, n, values, slicing.from(slice));
            });
    return values;
  }

  private static float[] floats(StateDump.Bits bits) {
    float[] floats = new float[bits.floats().size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = Float.intBitsToFloat(bits.floats().get(i));
    }
    return floats;
  }

  private static List<Long> bits(long updates, float[] row) {
    List<Long> bits = new ArrayList<>(List.of(updates));
    for (float value : row) {
      bits.add((long) Float.floatToRawIntBits(value));
    }
    return bits;
  }

  private SnapshotStore store() {
    return new SnapshotStore(new LocalStorage(folder.resolve("snapshots")));
  }

  private String lineage() throws IOException {
    return store().latest().orElseThrow().lineage();
  }

  private Set<String> lineages() throws IOException {
    Set<String> lineages = new ConcurrentSkipListSet<>();
    for (Version version : store().versions()) {
      Manifest manifest = store().manifest(version);
      lineages.add(manifest.version().lineage());
    }
    return lineages;
  }

  /** Retained checkpoints whose version was published: where many wait, some are folded. */
  private List<Path> published(JobClient job) {
    Path checkpoints = folder.resolve("checkpoints").resolve(job.getJobID().toString());
    try (var found = Files.list(checkpoints)) {
      Set<Version> versions = Set.copyOf(store().versions());
      String lineage = lineage();
      return found
          .filter(path -> path.getFileName().toString().startsWith("chk-"))
          .filter(path -> Files.exists(path.resolve("_metadata")))
          .filter(path -> versions.contains(new Version(lineage, number(path))))
          .sorted(Comparator.comparingLong(DeltaChainITCase::number))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long number(Path checkpoint) {
    return Long.parseLong(checkpoint.getFileName().toString().replace("chk-", ""));
  }

  private void awaitLatest(long checkpoint) throws Exception {
    await(
        () -> {
          try {
            return store().latest().orElseThrow().checkpoint() >= checkpoint;
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("a minute has passed: %s", TROUBLE).isLessThan(deadline);
      Thread.sleep(5);
    }
  }

  private static void awaitEnd(JobClient job, JobStatus end) throws Exception {
    JobStatus status = job.getJobStatus().get();
    while (!status.isGloballyTerminalState()) {
      Thread.sleep(10);
      status = job.getJobStatus().get();
    }
    assertThat(status).isEqualTo(end);
  }

  private JobClient start(String backend, String from) throws Exception {
    Configuration flink = LoopCluster.settings(backend, Duration.ofMillis(60));
    flink.set(CheckpointingOptions.CHECKPOINTING_TIMEOUT, Duration.ofMillis(1500));
    flink.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        folder.resolve("checkpoints").toUri().toString());
    flink.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    if (!from.isEmpty()) {
      flink.set(StateRecoveryOptions.SAVEPOINT_PATH, from);
    }
    StreamExecutionEnvironment env = CLUSTER.environment(flink, 2);
    build(env);
    running = env.executeAsync();
    return running;
  }

  private void build(StreamExecutionEnvironment env) {
    DataStream<LabeledExample> examples =
        env.fromSequence(0, Long.MAX_VALUE - 1)
            .uid("numbers")
            .setParallelism(1)
            .map(DeltaChainITCase::slowly)
            .setParallelism(1)
            .returns(WireType.of(LabeledExample.class));
    LoopSettings settings = LoopSettings.of(SyntheticExamples.SCHEMA, MODEL, TRAIN);
    PublishedLoop.attach(examples, settings, folder)
        .predictions()
        .process(new Troubled())
        .uid("troubled")
        .setParallelism(1);
  }

  private static LabeledExample slowly(long number) throws InterruptedException {
    if (number % 4 == 0) {
      Thread.sleep(1);
    }
    return SyntheticExamples.example(SEED, number);
  }
}
