package io.freshet.train.loop;

import java.util.List;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
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

  /** What the jobs' metrics came to, those of jobs that ended too. */
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

  /** An environment whose jobs run in this cluster. */
  public StreamExecutionEnvironment environment(Configuration configuration) {
    return new TestStreamEnvironment(cluster, configuration, SLOTS, List.of(), List.of());
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    cluster.close();
  }
}
