package io.freshet.lab.bench.churn;

import io.freshet.config.LearnerConfig;
import io.freshet.evaluate.report.Metrics;
import io.freshet.evaluate.report.MetricsReport;
import io.freshet.feature.example.LabeledExample;
import io.freshet.job.pipeline.LearnerJob;
import io.freshet.job.pipeline.LearnerTopology;
import io.freshet.job.pipeline.Results;
import io.freshet.lab.stream.LocalSink;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.maintain.Compaction;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.SnapshotStore;
import io.freshet.train.InitialModel;
import io.freshet.wire.WireType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.runtime.checkpoint.AbstractCheckpointStats;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The learner's job on a {@link ChurnStream}, in a Flink of this process with the heap state
 * backend: its checkpoints hold all state, so their sizes are the state's.
 */
final class ChurnRun {
  private static final int CHECKPOINTS = 10_000;

  private static final Queue<Metrics> WINDOWS = new ConcurrentLinkedQueue<>();

  private final ChurnStream stream;
  private final int days;
  private final LearnerConfig config;
  private final Path folder;

  ChurnRun(ChurnStream stream, int days, String rules, Path folder) {
    this.stream = stream;
    this.days = days;
    this.folder = folder;
    config = config(rules);
  }

  private LearnerConfig config(String rules) {
    String yaml =
        """
        name: churn
        kafka: {bootstrap-servers: "localhost:9092"}
        %sevaluate: {window: 1 d}
        embedding: %s
        snapshot: {root: "%s", merge: {share: 1e9, deltas: 1000000}, retention: {fulls: 10000}}
        checkpoint: {interval: 300 ms, backend: hashmap, dir: "%s"}
        """
            .formatted(
                ChurnStream.FEATURES,
                rules,
                folder.resolve("snapshots").toUri(),
                folder.resolve("checkpoints").toUri());
    return LearnerConfig.parse(yaml, "the benchmark's learner.yaml", List.of());
  }

  List<ChurnDay> run() throws Exception {
    WINDOWS.clear();
    Configuration flink = new Configuration();
    flink.set(RestOptions.BIND_PORT, "0");
    flink.set(WebOptions.CHECKPOINTS_HISTORY_SIZE, CHECKPOINTS);
    flink.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ofMillis(20));
    StreamExecutionEnvironment env = new LearnerJob(config, false).localEnvironment(flink);
    build(env);
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(Configuration.fromMap(env.getConfiguration().toMap()))
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(config.parallelism())
                .build());
    try {
      cluster.start();
      JobID job = cluster.submitJob(env.getStreamGraph()).get().getJobID();
      cluster.requestJobResult(job).get().toJobExecutionResult(getClass().getClassLoader());
      return days(stateSizes(cluster, job));
    } finally {
      cluster.close();
    }
  }

  private void build(StreamExecutionEnvironment env) {
    DataStream<LabeledExample> examples =
        env.fromSequence(0, (long) days * stream.examples() - 1)
            .setParallelism(1)
            .map(new Pace(stream.examples()))
            .setParallelism(1)
            .map(stream)
            .setParallelism(1)
            .returns(WireType.of(LabeledExample.class))
            .assignTimestampsAndWatermarks(
                WatermarkStrategy.<LabeledExample>forMonotonousTimestamps()
                    .withTimestampAssigner((example, time) -> example.time()))
            .setParallelism(1);
    new LearnerTopology(config, InitialModel.PLAIN)
        .learn(examples, Results.only(new LocalSink<>(ChurnRun::note), Optional.empty()));
  }

  /** Stretches a day so that some checkpoints fall into it. */
  private static final class Pace implements MapFunction<Long, Long> {
    private static final long serialVersionUID = 1L;
    private static final long DAY_NANOS = 1_000_000_000;
    private static final int LOOK_EVERY = 64;
    private final int examples; // a day
    private transient long start;

    Pace(int examples) {
      this.examples = examples;
    }

    @Override
    public Long map(Long number) throws InterruptedException {
      start = start == 0 ? System.nanoTime() : start;
      if (number % LOOK_EVERY == 0) {
        long due = start + (long) ((double) number / examples * DAY_NANOS);
        Thread.sleep(Math.max(0, (due - System.nanoTime()) / 1_000_000));
      }
      return number;
    }
  }

  private static Map<Long, Long> stateSizes(MiniCluster cluster, JobID job) throws Exception {
    Map<Long, Long> sizes = new TreeMap<>();
    var stats = cluster.getExecutionGraph(job).get().getCheckpointStatsSnapshot();
    for (AbstractCheckpointStats checkpoint : stats.getHistory().getCheckpoints()) {
      sizes.put(checkpoint.getCheckpointId(), checkpoint.getStateSize());
    }
    return sizes;
  }

  private List<ChurnDay> days(Map<Long, Long> stateSizes) throws IOException {
    LocalStorage storage = new LocalStorage(folder.resolve("snapshots"));
    Compaction merge = Compaction.of(storage);
    List<ChurnDay> all = new ArrayList<>();
    Map<Integer, Version> lasts = lastOfEachDay(new SnapshotStore(storage));
    for (Metrics window : WINDOWS) {
      int day = day(window.from());
      Version last = lasts.get(day);
      if (last != null && all.size() < days) {
        Manifest full = merge.merge(last).orElse(new SnapshotStore(storage).manifest(last));
        all.add(
            new ChurnDay(
                day,
                full.rows(),
                stateSizes.getOrDefault(last.checkpoint(), 0L),
                full.bytes(),
                window.auc(),
                window.logloss()));
      }
    }
    return all;
  }

  private static Map<Integer, Version> lastOfEachDay(SnapshotStore store) throws IOException {
    Map<Integer, Version> lasts = new TreeMap<>();
    for (Version version : store.versions()) {
      Optional<Instant> time = store.manifest(version).eventTime();
      time.ifPresent(at -> lasts.merge(day(at.toEpochMilli()), version, ChurnRun::later));
    }
    return lasts;
  }

  private static Version later(Version one, Version other) {
    return one.checkpoint() > other.checkpoint() ? one : other;
  }

  private static int day(long time) {
    return 1 + (int) (time / Duration.ofDays(1).toMillis());
  }

  private static void note(MetricsReport report) {
    if (report.window().examples() > 0) {
      WINDOWS.add(report.window());
    }
  }
}
