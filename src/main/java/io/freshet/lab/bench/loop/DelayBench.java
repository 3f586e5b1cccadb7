package io.freshet.lab.bench.loop;

import io.freshet.config.LearnerConfig;
import io.freshet.job.pipeline.LearnerJob;
import io.freshet.kafka.TopicReader;
import io.freshet.lab.bench.measure.Workload;
import io.freshet.lab.cluster.BrokerProcess;
import io.freshet.lab.cluster.FlinkCluster;
import io.freshet.lab.demo.MetricsTopic;
import io.freshet.lab.stream.KafkaEvents;
import io.freshet.lab.stream.KafkaEvents.Timestamps;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;

/**
 * The whole learner on a cluster of two task managers of one slot, each a process, which reach each
 * other by delayed ports only: half of a trainer's rows are with the other one. What a task manager
 * exchanges with the broker and the job manager is not delayed.
 */
final class DelayBench implements AutoCloseable {
  private static final int TASK_MANAGERS = 2;
  private static final double WARM_UP = 0.3;
  private static final double END = 0.9; // the last wait for their windows to end
  private static final Duration LONGEST = Duration.ofSeconds(20);
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Duration POLL = Duration.ofMillis(100);

  /** The table is on the heap, so the collector must have room. */
  private static final Map<String, String> ONE_SLOT =
      Map.of(
          "taskmanager.numberOfTaskSlots", "1",
          "taskmanager.memory.process.size", "3g",
          "taskmanager.memory.managed.fraction", "0.05",
          "jobmanager.memory.process.size", "1g");

  private final Path directory;
  private final int impressions;
  private final BrokerProcess broker;
  private final FlinkCluster cluster;
  private volatile long delayNanos;
  private int jobs;

  /** Starts broker and cluster, and sends the impressions. */
  DelayBench(Path directory, int impressions, long seed) throws Exception {
    this.directory = directory;
    this.impressions = impressions;
    broker = new BrokerProcess(directory);
    cluster = new FlinkCluster(directory, TASK_MANAGERS, ONE_SLOT, () -> delayNanos);
    try {
      broker.start();
      LearnerConfig config = config(Workload.defaults());
      var topics = config.kafka().topics();
      broker.topics().create(topics.impressions(), TASK_MANAGERS);
      broker.topics().create(topics.clicks(), TASK_MANAGERS);
      try (KafkaEvents events =
          new KafkaEvents(
              broker.clients(), topics.impressions(), topics.clicks(), Timestamps.EVENT)) {
        PipelineBench.feed(events, impressions, seed);
      }
      cluster.start();
    } catch (Exception e) {
      close();
      throw e;
    }
  }

  /** Examples a second; NaN if all were learned before the first report. */
  double measure(Duration delay, Workload workload) throws Exception {
    delayNanos = delay.toNanos();
    jobs++;
    LearnerConfig config = config(workload);
    broker.topics().create(config.kafka().topics().metrics(), 1);
    LearnerJob job = new LearnerJob(config, false);
    var env =
        job.remoteEnvironment(
            cluster.jobManagerHost().address(), cluster.restPort(), new Configuration());
    job.build(env);
    JobClient client = env.executeAsync();
    try (MetricsTopic metrics = new MetricsTopic(config.kafka())) {
      long before = await(metrics, (long) (WARM_UP * impressions), PATIENCE);
      if (before < WARM_UP * impressions) {
        throw new IOException(
            "only %s of %s examples after %s: %s"
                .formatted(
                    before,
                    impressions,
                    PATIENCE,
                    cluster.rest().lastFailure(client.getJobID().toString())));
      }
      long start = System.nanoTime();
      long learned = await(metrics, (long) (END * impressions), LONGEST) - before;
      double speed = learned == 0 ? Double.NaN : learned * 1e9 / (System.nanoTime() - start);
      PipelineBench.assertAlive(metrics, impressions, deadLetters(config));
      return speed;
    } finally {
      client.cancel().get();
      cluster.awaitIdle(PATIENCE);
    }
  }

  private static long await(MetricsTopic metrics, long examples, Duration longest)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + longest.toNanos();
    while (metrics.sinceStart().examples() < examples && System.nanoTime() < end) {
      metrics.poll(POLL);
    }
    return metrics.sinceStart().examples();
  }

  private static int deadLetters(LearnerConfig config) throws IOException, InterruptedException {
    try (TopicReader reader =
        new TopicReader(config.kafka().clients(), config.kafka().topics().deadLetters())) {
      return reader.readToEnd().size();
    }
  }

  private LearnerConfig config(Workload workload) {
    Path folder = directory.resolve("job-" + jobs);
    return LearnerConfig.parse(
            PipelineBench.yaml(workload, TASK_MANAGERS),
            "the benchmark's learner.yaml",
            List.of(
                "name=bench-" + jobs,
                "kafka.bootstrap-servers=" + broker.bootstrapServers(),
                "kafka.topics.metrics=metrics-" + jobs,
                "snapshot.root=" + folder.resolve("snapshots").toUri(),
                "checkpoint.dir=" + folder.resolve("checkpoints").toUri()))
        .ofJson("the benchmark");
  }

  @Override
  public void close() {
    cluster.close();
    broker.close();
  }
}
