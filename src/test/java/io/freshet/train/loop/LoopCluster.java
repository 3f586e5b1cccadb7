package io.freshet.train.loop;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.util.TestStreamEnvironment;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The cluster that all cases of a class share. */
public final class LoopCluster implements BeforeAllCallback, AfterAllCallback {
  private static final int SLOTS = 4;

  /** The metrics of all jobs, ended ones included. */
  final InMemoryReporter metrics = InMemoryReporter.createWithRetainedMetrics();

  private MiniCluster cluster;

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(256));
    configuration.set(RestOptions.BIND_PORT, "0");
    configuration.set(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, 8);
    metrics.addToConfiguration(configuration);
    cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(SLOTS)
                .build());
    cluster.start();
  }

  /** Settings of a job with checkpoints, which restarts after failures. */
  public static Configuration settings(String backend, Duration interval) {
    Configuration flink = new Configuration();
    flink.set(PipelineOptions.GENERIC_TYPES, false);
    flink.set(StateBackendOptions.STATE_BACKEND, backend);
    flink.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, interval);
    flink.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, 1000);
    flink.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    flink.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 3);
    flink.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(10));
    return flink;
  }

  /** An environment whose jobs run in this cluster. */
  public StreamExecutionEnvironment environment(Configuration configuration, int parallelism) {
    StreamExecutionEnvironment env = environment(configuration);
    env.setParallelism(parallelism);
    env.setMaxParallelism(LoopRun.MAX_PARALLELISM);
    return env;
  }

  /** Stops a job with a savepoint, which is returned. */
  static String stop(JobClient job, Path folder, SavepointFormatType format) throws Exception {
    String savepoint =
        job.stopWithSavepoint(false, folder.toUri().toString(), format).get(60, TimeUnit.SECONDS);
    job.getJobExecutionResult().get(60, TimeUnit.SECONDS);
    return savepoint;
  }

  StreamExecutionEnvironment environment(Configuration configuration) {
    return new TestStreamEnvironment(cluster, configuration, SLOTS, List.of(), List.of());
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    cluster.close();
  }
}
