package io.freshet.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.optimizer.Sgd;
import io.freshet.train.TrainSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Metric;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The loop stopped, rescaled, stalled and refused. */
@Timeout(120)
class LoopStopITCase {
  @RegisterExtension private static final LoopCluster CLUSTER = new LoopCluster();

  private static final int EXAMPLES = 6_000;
  private static final Duration INTERVAL = Duration.ofMillis(50);
  private static final ModelSettings MODEL = ModelSettings.deepFm(4, List.of(16, 8), 0, 42);

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "CANONICAL, hashmap, rocksdb, hashmap",
    "CANONICAL, rocksdb, hashmap, rocksdb",
    "NATIVE, rocksdb, rocksdb, rocksdb",
    "NATIVE, hashmap, hashmap, hashmap"
  })
  void stoppedUnderLoadAndStartedAtAnotherParallelismEveryExampleCountsOnce(
      SavepointFormatType format, String first, String second, String third) throws Exception {
    LoopRun run =
        new LoopRun(11, EXAMPLES, MODEL, settings(Duration.ofMillis(20))).in(CLUSTER).slowly();

    String at2 = run.parallelism(2).checkpoints(INTERVAL, first).stopAfter(1500, folder, format);
    int predictedAt2 = run.predicted.get();
    run.with(StateRecoveryOptions.SAVEPOINT_PATH, at2);
    String at3 = run.parallelism(3).checkpoints(INTERVAL, second).stopAfter(3500, folder, format);
    int predictedAt3 = run.predicted.get();
    run.with(StateRecoveryOptions.SAVEPOINT_PATH, at3);
    run.parallelism(1).checkpoints(INTERVAL, third).execute();

    assertThat(predictedAt2).isLessThan(predictedAt3);
    assertThat(predictedAt3).isLessThan(EXAMPLES);
    assertThat(run.predicted).hasValue(EXAMPLES);
    run.assertEveryExampleCountedOnce();
  }

  @Test
  void aStalledShardAbandonsTheDrainAndTheJobContinues() throws Exception {
    TrainSettings manyInFlight = // so that the trainer waits nowhere but in the drain
        settings(Duration.ofSeconds(10)).withMaxInFlight(200);
    LoopRun run =
        new LoopRun(13, EXAMPLES, MODEL, manyInFlight)
            .in(CLUSTER)
            .parallelism(2)
            .checkpoints(INTERVAL, "hashmap")
            .with(CheckpointingOptions.CHECKPOINTING_TIMEOUT, Duration.ofMillis(300))
            .holdingUp("lookups and deltas", 20, Duration.ofMillis(1500));

    JobClient job = run.environment().executeAsync();
    job.getJobExecutionResult().get();

    assertThat(run.broke).as("the edge was held up").isTrue();
    assertThat(drainsAbandoned(job)).isPositive();
    assertThat(run.predicted).as("the job did not start again").hasValue(EXAMPLES);
    run.assertEveryExampleCountedOnce();
  }

  @Test
  void stateThatDoesNotFitEndsTheJobAtOnceAndNamesItsSettings() throws Exception {
    TrainSettings settings = settings(Duration.ofMillis(20));
    String savepoint =
        new LoopRun(17, EXAMPLES, MODEL, settings)
            .in(CLUSTER)
            .slowly()
            .checkpoints(INTERVAL, "hashmap")
            .stopAfter(500, folder, SavepointFormatType.CANONICAL);

    assertThatThrownBy(
            () -> restored(savepoint, ModelSettings.deepFm(8, List.of(), 0, 42), settings))
        .hasStackTraceContaining("The failure is not recoverable")
        .hasStackTraceContaining("model.embedding-size is 8, in the restored state it is 4");
    assertThatThrownBy(() -> restored(savepoint, MODEL, withSgd(settings)))
        .hasStackTraceContaining("The failure is not recoverable")
        .hasStackTraceContaining("first-order-optimizer.kind is sgd, in the restored state it is");
  }

  private static void restored(String savepoint, ModelSettings model, TrainSettings settings)
      throws Exception {
    new LoopRun(17, EXAMPLES, model, settings)
        .in(CLUSTER)
        .checkpoints(INTERVAL, "hashmap")
        .with(StateRecoveryOptions.SAVEPOINT_PATH, savepoint)
        .execute();
  }

  private static TrainSettings withSgd(TrainSettings s) {
    LearningSettings d = s.learning();
    return s.withLearning(d.withOptimizers(new Sgd(0.1f), d.embedding(), d.dense()));
  }

  @Test
  void unalignedCheckpointsEndTheJobAtOnce() {
    LoopRun run =
        new LoopRun(17, EXAMPLES, MODEL, settings(Duration.ofMillis(20)))
            .in(CLUSTER)
            .checkpoints(INTERVAL, "hashmap")
            .with(CheckpointingOptions.ENABLE_UNALIGNED, true)
            .with(CheckpointingOptions.FORCE_UNALIGNED, true); // else Flink refuses them itself

    assertThatThrownBy(run::execute)
        .hasStackTraceContaining("The failure is not recoverable")
        .hasStackTraceContaining("unaligned checkpoints would let a barrier overtake updates");
  }

  @Test
  void atLeastOnceCheckpointsEndTheJobAtOnce() {
    LoopRun run =
        new LoopRun(17, EXAMPLES, MODEL, settings(Duration.ofMillis(20)))
            .in(CLUSTER)
            .checkpoints(INTERVAL, "hashmap")
            .with(
                CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE,
                CheckpointingMode.AT_LEAST_ONCE);

    assertThatThrownBy(run::execute)
        .hasStackTraceContaining("The failure is not recoverable")
        .hasStackTraceContaining("at-least-once checkpoints would count updates of the model");
  }

  private static long drainsAbandoned(JobClient job) {
    return CLUSTER.metrics.findMetrics(job.getJobID(), "drains_abandoned").values().stream()
        .mapToLong(LoopStopITCase::count)
        .sum();
  }

  private static long count(Metric counter) {
    return ((Counter) counter).getCount();
  }

  private static TrainSettings settings(Duration linger) {
    return TrainSettings.DEFAULT.withBatchSize(64).withBatchLinger(linger).withCacheRows(1 << 16);
  }
}
