package io.freshet.lab.bench.table;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.cli.console.source.FlinkRest;
import io.freshet.config.LearnerConfig;
import io.freshet.feature.example.LabeledExample;
import io.freshet.job.pipeline.LearnerJob;
import io.freshet.job.pipeline.SnapshotParts;
import io.freshet.lab.bench.measure.ProcessMemory;
import io.freshet.lab.bench.measure.Workload;
import io.freshet.lab.stream.LocalSink;
import io.freshet.model.ModelSettings;
import io.freshet.model.row.RowBlock;
import io.freshet.train.LoopSettings;
import io.freshet.train.loop.TrainingLoop;
import io.freshet.wire.WireType;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/** The training loop over a large table, in a Flink of this process, with the job's settings. */
final class TableJob {
  private static final LongAdder LEARNED = new LongAdder(); // by all jobs of this process
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final TableSide side;
  private final JobID job;
  private final FlinkRest rest;
  private final String shards; // the vertex

  private TableJob(TableSide side, MiniCluster cluster, JobID job) throws Exception {
    this.side = side;
    this.job = job;
    rest = new FlinkRest(cluster.getRestAddress().get().getPort());
    awaitRunning();
    shards = vertex("EmbeddingShard");
  }

  static TableJob start(TableSide side) throws Exception {
    LearnerConfig config = side.config();
    StreamExecutionEnvironment env = new LearnerJob(config, false).localEnvironment(flink(side));
    env.setParallelism(side.parallelism());
    attach(env, side, config);
    Configuration flink = Configuration.fromMap(env.getConfiguration().toMap());
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(flink)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(side.parallelism())
                .build());
    cluster.start();
    JobID job = cluster.submitJob(env.getStreamGraph()).get().getJobID();
    return new TableJob(side, cluster, job);
  }

  private static Configuration flink(TableSide side) {
    Configuration flink = new Configuration();
    flink.set(
        TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(side.managedMegabytes()));
    flink.set(RestOptions.BIND_PORT, "0");
    flink.set(MetricOptions.METRIC_FETCHER_UPDATE_INTERVAL, Duration.ofMillis(100));
    flink.setString("state.backend.rocksdb.localdir", local(side).toString());
    side.flink().forEach(flink::setString);
    return flink;
  }

  private static Path local(TableSide side) {
    return Path.of(side.directory(), "rocksdb");
  }

  private static void attach(StreamExecutionEnvironment env, TableSide side, LearnerConfig config) {
    Workload workload = side.workload();
    ModelSettings model = config.model();
    DataStream<LabeledExample> examples =
        env.fromSequence(0, Long.MAX_VALUE - 1)
            .map(new TableFeed(workload.fields(), side.rows(), side.seed()))
            .returns(WireType.of(LabeledExample.class));
    TrainingLoop loop =
        TrainingLoop.attach(examples, LoopSettings.of(config.features(), model, config.train()));
    loop.predictions().sinkTo(new LocalSink<>(predictions -> LEARNED.add(predictions.size())));
    DataStream<RowBlock> touched =
        loop.rows()
            .map(new ChangedRowsCount())
            .returns(loop.rows().getType())
            .filter(SnapshotSample.some());
    SnapshotParts.of(touched, config.snapshot(), model).sinkTo(SnapshotSample.sink());
    loop.dense().sinkTo(new DiscardingSink<>());
  }

  /**
   * A completed checkpoint.
   *
   * @param rows changed since the one before
   * @param bytes written for it
   * @param wholeBytes of everything that it refers to
   */
  record Checkpoint(long id, long rows, long bytes, long wholeBytes, Duration length) {}

  /** The checkpoints that Flink remembers, the oldest first. */
  List<Checkpoint> checkpoints() throws IOException, InterruptedException {
    List<Checkpoint> checkpoints = new ArrayList<>();
    for (JsonNode entry : rest.get("/jobs/" + job + "/checkpoints").get("history")) {
      if (entry.get("status").asText().equals("COMPLETED")) {
        long id = entry.get("id").asLong();
        checkpoints.add(
            0,
            new Checkpoint(
                id,
                ChangedRowsCount.before(id),
                entry.get("checkpointed_size").asLong(),
                entry.get("state_size").asLong(),
                Duration.ofMillis(entry.get("end_to_end_duration").asLong())));
      }
    }
    return checkpoints;
  }

  /** The sum of a metric over all shards. */
  double shardMetric(String name) throws IOException, InterruptedException {
    String path = "/jobs/%s/vertices/%s/subtasks/metrics?get=EmbeddingShard.%s";
    JsonNode metrics = rest.get(path.formatted(job, shards, name));
    if (metrics.isEmpty()) {
      throw new IOException("the shards have no metric " + name);
    }
    return metrics.get(0).get("sum").asDouble();
  }

  long onDisk() throws IOException {
    return ProcessMemory.onDisk(local(side));
  }

  static long learned() {
    return LEARNED.sum();
  }

  /** Throws the job's failure, if it failed. */
  void check() throws IOException, InterruptedException {
    String state = rest.state(job.toString());
    if (!state.equals("RUNNING") && !state.equals("INITIALIZING") && !state.equals("CREATED")) {
      throw new IOException("the job is %s: %s".formatted(state, rest.lastFailure(job.toString())));
    }
  }

  private void awaitRunning() throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!isRunning()) {
      if (System.nanoTime() > end) {
        throw new IOException("the job does not run within " + PATIENCE.toSeconds() + " s");
      }
      Thread.sleep(100);
    }
  }

  private boolean isRunning() throws IOException, InterruptedException {
    try {
      check();
      return rest.state(job.toString()).equals("RUNNING");
    } catch (HttpTimeoutException busy) {
      return false;
    }
  }

  private String vertex(String name) throws IOException, InterruptedException {
    for (JsonNode vertex : rest.get("/jobs/" + job).get("vertices")) {
      if (vertex.get("name").asText().startsWith(name)) {
        return vertex.get("id").asText();
      }
    }
    throw new IOException("the job has no vertex " + name);
  }
}
