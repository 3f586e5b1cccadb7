package io.freshet.job.pipeline;

import static org.apache.flink.configuration.CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE;
import static org.apache.flink.configuration.CheckpointingOptions.CHECKPOINTING_INTERVAL;
import static org.apache.flink.configuration.CheckpointingOptions.CHECKPOINTING_TIMEOUT;
import static org.apache.flink.configuration.CheckpointingOptions.CHECKPOINTS_DIRECTORY;
import static org.apache.flink.configuration.CheckpointingOptions.ENABLE_UNALIGNED;
import static org.apache.flink.configuration.CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION;
import static org.apache.flink.configuration.CheckpointingOptions.INCREMENTAL_CHECKPOINTS;
import static org.apache.flink.configuration.CheckpointingOptions.MAX_RETAINED_CHECKPOINTS;
import static org.apache.flink.configuration.CheckpointingOptions.TOLERABLE_FAILURE_NUMBER;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.COMPACTION_STYLE;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.COMPRESSION_PER_LEVEL;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.METADATA_BLOCK_SIZE;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.USE_BLOOM_FILTER;
import static org.apache.flink.state.rocksdb.RocksDBOptions.USE_PARTITIONED_INDEX_FILTERS;

import io.freshet.config.CheckpointSettings.Backend;
import io.freshet.config.LearnerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.rocksdb.CompactionStyle;
import org.rocksdb.CompressionType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Flink's settings, as the job's guarantees need them. */
public final class FlinkSettings {
  private static final Logger LOG = LoggerFactory.getLogger(FlinkSettings.class);
  private static final int TOLERABLE_FAILED_CHECKPOINTS = 10;
  static final int RETAINED_CHECKPOINTS = 3; // the newest may be damaged
  private static final int WEB_PORT = 8081;
  private static final int LAST_WEB_PORT = 8181;

  private FlinkSettings() {}

  /** The settings of the job, wherever it runs. */
  static Configuration of(LearnerConfig config) {
    Configuration flink = new Configuration();
    flink.set(ExecutionOptions.RUNTIME_MODE, RuntimeExecutionMode.STREAMING);
    flink.set(PipelineOptions.NAME, "freshet " + config.name());
    flink.set(PipelineOptions.GENERIC_TYPES, false);
    flink.set(PipelineOptions.MAX_PARALLELISM, config.maxParallelism());
    flink.set(CoreOptions.DEFAULT_PARALLELISM, config.parallelism());
    checkpoints(config, flink);
    return flink;
  }

  private static void checkpoints(LearnerConfig config, Configuration flink) {
    var checkpoint = config.checkpoint();
    flink.set(CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
    flink.set(ENABLE_UNALIGNED, false);
    flink.set(CHECKPOINTING_INTERVAL, checkpoint.interval());
    flink.set(CHECKPOINTING_TIMEOUT, checkpoint.timeout());
    flink.set(TOLERABLE_FAILURE_NUMBER, TOLERABLE_FAILED_CHECKPOINTS);
    flink.set(CHECKPOINTS_DIRECTORY, RetainedCheckpoints.folder(config, Instant.now()));
    flink.set(MAX_RETAINED_CHECKPOINTS, RETAINED_CHECKPOINTS);
    flink.set(
        EXTERNALIZED_CHECKPOINT_RETENTION, ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    flink.set(
        StateBackendOptions.STATE_BACKEND,
        checkpoint.backend() == Backend.ROCKSDB ? "rocksdb" : "hashmap");
    flink.set(INCREMENTAL_CHECKPOINTS, true);
    rocksDb(flink);
  }

  /**
   * For rows of floats, read one at a time: they hardly compress, and to read one a block of many
   * is decompressed; without filters a read looks into a block of every level. Indexes and filters
   * are in parts: a file's whole filter is half a megabyte, and where the cache has no room for all
   * of them, each miss would read one.
   */
  private static void rocksDb(Configuration flink) {
    flink.set(COMPRESSION_PER_LEVEL, List.of(CompressionType.NO_COMPRESSION));
    flink.set(USE_BLOOM_FILTER, true);
    flink.set(COMPACTION_STYLE, CompactionStyle.UNIVERSAL);
    flink.set(USE_PARTITIONED_INDEX_FILTERS, true);
    flink.set(METADATA_BLOCK_SIZE, MemorySize.parse("16kb"));
  }

  /** More settings for a Flink inside this process: one task manager with as many slots. */
  static Configuration local(LearnerConfig config) {
    Configuration flink = of(config);
    flink.set(TaskManagerOptions.NUM_TASK_SLOTS, config.parallelism());
    flink.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(512));
    flink.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(256));
    flink.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(256));
    flink.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
    flink.set(RestOptions.BIND_PORT, firstFree(WEB_PORT) + "-" + LAST_WEB_PORT);
    return flink;
  }

  /**
   * Where Flink's web UI of a run in this process may be: at the first port, unless another process
   * takes that one before Flink does.
   */
  public static List<Integer> webPorts(ReadableConfig local) {
    String[] range = local.get(RestOptions.BIND_PORT).split("-");
    int first = Integer.parseInt(range[0]);
    int last = Integer.parseInt(range[range.length - 1]);
    return IntStream.rangeClosed(first, last).boxed().toList();
  }

  private static int firstFree(int from) {
    for (int port = from; port < LAST_WEB_PORT; port++) {
      try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return free.getLocalPort();
      } catch (IOException e) {
        LOG.debug("port {} is taken", port, e);
      }
    }
    return LAST_WEB_PORT; // Flink says so if this one is taken too
  }
}
