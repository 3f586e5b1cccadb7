package io.freshet.lab.bench.loop;

import io.freshet.config.LearnerConfig;
import io.freshet.job.pipeline.LearnerJob;
import io.freshet.kafka.TopicReader;
import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.lab.demo.MetricsTopic;
import io.freshet.lab.stream.KafkaEvents;
import io.freshet.lab.stream.KafkaEvents.Timestamps;
import io.freshet.snapshot.storage.LocalStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;

/** The whole learner in this process: broker, job, snapshots in a directory. */
public final class LiveLearner implements AutoCloseable {
  private final EmbeddedKafka kafka;
  private final LearnerConfig config;
  private final JobClient job;
  private final CompletableFuture<JobExecutionResult> result;
  private final LocalStorage snapshots;

  private LiveLearner(
      EmbeddedKafka kafka, LearnerConfig config, JobClient job, LocalStorage snapshots) {
    this.kafka = kafka;
    this.config = config;
    this.job = job;
    result = job.getJobExecutionResult(); // once: a cluster that has ended answers no more
    this.snapshots = snapshots;
  }

  /** Starts with a configuration that lacks addresses and directories. */
  public static LiveLearner start(Path directory, String yaml) throws Exception {
    return start(directory, yaml, List.of());
  }

  public static LiveLearner start(Path directory, String yaml, List<String> overrides)
      throws Exception {
    return start(directory, yaml, overrides, producer -> {});
  }

  /** Sends events before the job. */
  interface Feed {
    void send(KafkaEvents producer) throws IOException, InterruptedException;
  }

  static LiveLearner start(Path directory, String yaml, List<String> overrides, Feed first)
      throws Exception {
    EmbeddedKafka kafka = EmbeddedKafka.start();
    try {
      Path root = directory.resolve("snapshots");
      List<String> all = new ArrayList<>(overrides);
      all.add("kafka.bootstrap-servers=" + kafka.bootstrapServers());
      all.add("snapshot.root=" + root.toUri());
      all.add("checkpoint.dir=" + directory.resolve("checkpoints").toUri());
      LearnerConfig config =
          LearnerConfig.parse(yaml, "the benchmark's learner.yaml", all).ofJson("the benchmark");
      kafka.topics().create(config.kafka().topics().impressions(), config.parallelism());
      kafka.topics().create(config.kafka().topics().clicks(), config.parallelism());
      try (KafkaEvents producer = producer(kafka, config)) {
        first.send(producer);
      }
      LearnerJob job = new LearnerJob(config, false);
      var env = job.localEnvironment(new Configuration());
      job.build(env);
      return new LiveLearner(kafka, config, env.executeAsync(), new LocalStorage(root));
    } catch (Exception e) {
      kafka.close();
      throw e;
    }
  }

  public KafkaEvents producer() throws IOException {
    return producer(kafka, config);
  }

  private static KafkaEvents producer(EmbeddedKafka kafka, LearnerConfig config)
      throws IOException {
    var topics = config.kafka().topics();
    return new KafkaEvents(
        kafka.clients(), topics.impressions(), topics.clicks(), Timestamps.EVENT);
  }

  public MetricsTopic metrics() throws IOException, InterruptedException {
    return new MetricsTopic(config.kafka());
  }

  /** Records and examples that were rejected so far. */
  int deadLetters() throws IOException, InterruptedException {
    try (TopicReader reader =
        new TopicReader(config.kafka().clients(), config.kafka().topics().deadLetters())) {
      return reader.readToEnd().size();
    }
  }

  public LocalStorage snapshots() {
    return snapshots;
  }

  /** Throws the job's failure, if it failed. */
  public void check() throws Exception {
    if (result.isDone()) {
      result.get();
      throw new IOException("the job has ended");
    }
  }

  /** Ends the job and the broker; the snapshots stay. */
  @Override
  public void close() {
    if (!result.isDone()) {
      job.cancel().join();
      result.handle((done, cancelled) -> null).join();
    }
    kafka.close();
  }
}
