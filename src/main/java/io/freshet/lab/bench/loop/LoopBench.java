package io.freshet.lab.bench.loop;

import io.freshet.feature.example.LabeledExample;
import io.freshet.lab.bench.measure.BenchExamples;
import io.freshet.lab.bench.measure.BenchOptions;
import io.freshet.lab.bench.measure.Figure;
import io.freshet.lab.bench.measure.Roofline;
import io.freshet.lab.bench.measure.Speed;
import io.freshet.lab.bench.measure.Workload;
import io.freshet.lab.stream.LocalSink;
import io.freshet.model.batch.Predictions;
import io.freshet.train.LoopSettings;
import io.freshet.train.loop.TrainingLoop;
import io.freshet.wire.WireType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.FileUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The training loop in a Flink of this process, fed from memory, with the heap state backend.
 *
 * <p>After a warm-up, each round counts the predictions that come out. Before each, the source
 * pauses and the roofline is measured, so that both see the same machine.
 *
 * <p>The cost of checkpoints is measured in long rounds, on a table that holds each of the million
 * ids before the first round.
 */
final class LoopBench {
  private static final int POOL = 1 << 16;
  private static final int ROWS = 1_000_000;
  private static final Duration WARM_UP = Duration.ofSeconds(12);

  /** Examples by which all is compiled, on a machine that is shared, too. */
  private static final int COMPILING = 400_000;

  private static final Duration ROUND = Duration.ofSeconds(3);

  /** Contains two or three checkpoints and their aftermath. */
  private static final Duration LONG_ROUND = Duration.ofSeconds(25);

  private static final Duration PAUSE = Duration.ofMillis(300);
  private static final Logger LOG = LoggerFactory.getLogger(LoopBench.class);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Shared with the tasks in this process. */
  private static volatile List<LabeledExample> pool = List.of();

  /** Emitted once, before the pool. */
  private static volatile List<LabeledExample> everyId = List.of();

  private static final AtomicInteger GIVEN = new AtomicInteger();

  private static volatile boolean paused;

  private static final LongAdder LEARNED = new LongAdder();
  private static final LongAdder IN_ALL = new LongAdder();
  private static final LongAdder SKIPPED = new LongAdder();

  /** Set while learning is checked and not measured. */
  private static volatile LearningCheck check;

  private final Workload workload;
  private final int parallelism;
  private final Optional<Duration> checkpoints;
  private final Duration roundLength;
  private final BenchOptions options;
  private Path directory; // of checkpoints: too large for the job manager's memory

  LoopBench(
      Workload workload,
      int parallelism,
      boolean isTableFull,
      Optional<Duration> checkpoints,
      BenchOptions options) {
    this.workload = workload;
    this.parallelism = parallelism;
    this.checkpoints = checkpoints;
    this.options = options;
    roundLength = options.length(isTableFull ? LONG_ROUND : ROUND);
    BenchExamples examples = new BenchExamples(workload.fields(), ROWS, options.seed);
    pool = examples.next(POOL);
    everyId = isTableFull ? examples.each() : List.of();
    GIVEN.set(0);
  }

  Figure run(String what) throws Exception {
    int cores = Math.min(parallelism, Runtime.getRuntime().availableProcessors());
    Roofline roofline = new Roofline(workload.batchSize(), cores);
    List<Figure.Round> measured = new ArrayList<>();
    JobClient job = start(Optional.empty());
    try {
      awaitFirst(job);
      Thread.sleep(options.length(WARM_UP).toMillis());
      await(job, () -> IN_ALL.sum() >= options.impressions(COMPILING));
      for (int round = 0; round < options.rounds; round++) {
        Speed roof = whileIdle(roofline).dividedBy(workload.flops());
        measured.add(new Figure.Round(Speed.of(roundLength, LoopBench::count), roof));
      }
      checkLearning(job);
    } finally {
      stop(job);
      deleteCheckpoints();
    }
    return new Figure("loop", what, workload, parallelism, measured);
  }

  /** Measures while the source pauses and nothing is in flight. */
  private static Speed whileIdle(Roofline roofline) throws InterruptedException {
    paused = true;
    long before;
    do { // what many subtasks have in their channels takes seconds
      before = IN_ALL.sum();
      Thread.sleep(PAUSE.toMillis());
    } while (IN_ALL.sum() > before);
    Speed measured = roofline.flops();
    paused = false;
    Thread.sleep(PAUSE.toMillis());
    LEARNED.reset();
    return measured;
  }

  private static LabeledExample example(long number) throws InterruptedException {
    while (paused) {
      Thread.sleep(1);
    }
    int given = GIVEN.get() < everyId.size() ? GIVEN.getAndIncrement() : everyId.size();
    return given < everyId.size() ? everyId.get(given) : pool.get((int) (number & POOL - 1));
  }

  /** Ends the job; fails if the job has failed. */
  static void stop(JobClient job) throws Exception {
    var result = job.getJobExecutionResult();
    if (result.isDone()) {
      result.get();
    }
    job.cancel().get();
    try {
      result.get();
    } catch (ExecutionException cancelled) {
      LOG.debug("the job ended on request", cancelled);
    }
  }

  void deleteCheckpoints() throws IOException {
    if (directory != null) {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }

  /** Until an example is learned. */
  static void awaitFirst(JobClient job) throws Exception {
    await(job, () -> LEARNED.sum() > 0);
  }

  /** Until each id has its row. */
  void awaitEveryRow(JobClient job) throws Exception {
    await(job, () -> IN_ALL.sum() >= everyId.size() + LearningCheck.LEARNED);
  }

  JobClient start(Optional<String> savepoint) throws Exception {
    LEARNED.reset();
    IN_ALL.reset();
    SKIPPED.reset();
    check = null;
    Configuration flink = configuration();
    savepoint.ifPresent(path -> flink.set(StateRecoveryOptions.SAVEPOINT_PATH, path));
    var env = StreamExecutionEnvironment.getExecutionEnvironment(flink);
    env.setParallelism(parallelism);
    env.setMaxParallelism(128);
    env.getConfig().enableObjectReuse();
    DataStream<LabeledExample> examples =
        env.fromSequence(0, Long.MAX_VALUE - 1)
            .map(LoopBench::example)
            .returns(WireType.of(LabeledExample.class));
    TrainingLoop loop =
        TrainingLoop.attach(
            examples, LoopSettings.of(workload.schema(), workload.model(), workload.train()));
    loop.predictions().sinkTo(new LocalSink<>(LoopBench::learned));
    loop.skipped().sinkTo(new LocalSink<>(example -> SKIPPED.increment()));
    loop.rows().sinkTo(new DiscardingSink<>());
    loop.dense().sinkTo(new DiscardingSink<>());
    return env.executeAsync("bench loop");
  }

  private Configuration configuration() throws IOException {
    Configuration flink = new Configuration();
    flink.set(PipelineOptions.GENERIC_TYPES, false);
    flink.set(StateBackendOptions.STATE_BACKEND, "hashmap");
    flink.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
    flink.set(RestOptions.BIND_PORT, "0");
    MemorySize network = MemorySize.ofMebiBytes(64 + parallelism * parallelism / 2);
    flink.set(TaskManagerOptions.NETWORK_MEMORY_MIN, network);
    flink.set(TaskManagerOptions.NETWORK_MEMORY_MAX, network);
    if (checkpoints.isPresent()) {
      directory = Files.createTempDirectory("freshet-bench");
      flink.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpoints.get());
      flink.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, directory.toUri().toString());
    }
    return flink;
  }

  private static void await(JobClient job, BooleanSupplier done) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!done.getAsBoolean()) {
      if (job.getJobExecutionResult().isDone() || System.nanoTime() > end) {
        throw new IllegalStateException("the job learned too little in " + PATIENCE);
      }
      Thread.sleep(20);
    }
  }

  private static void learned(Predictions predictions) {
    LEARNED.add(predictions.size());
    IN_ALL.add(predictions.size());
    if (check != null) {
      check.add(predictions);
    }
  }

  private static void checkLearning(JobClient job) throws Exception {
    LearningCheck last = new LearningCheck();
    await(job, () -> IN_ALL.sum() >= LearningCheck.LEARNED + everyId.size());
    check = last;
    await(job, () -> last.examples() >= LearningCheck.EXAMPLES);
    check = null;
    last.addSkipped(SKIPPED.sum());
    last.assertAlive();
  }

  /** Examples learned since the last call. */
  private static double count() throws InterruptedException {
    Thread.sleep(100);
    return LEARNED.sumThenReset();
  }
}
