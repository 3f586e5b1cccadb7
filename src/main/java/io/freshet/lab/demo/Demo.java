package io.freshet.lab.demo;

import io.freshet.config.LearnerConfig;
import io.freshet.job.pipeline.LearnerJob;
import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.lab.stream.Feed;
import io.freshet.lab.stream.KafkaEvents;
import io.freshet.lab.stream.KafkaEvents.Timestamps;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;

/**
 * One run: starts Kafka and the job, sends the stream, watches, and stops when all is learned.
 *
 * <p>It runs what a cluster runs: events go through Kafka topics, the job reads, joins, trains,
 * checkpoints and publishes; progress comes from the metrics topic.
 */
final class Demo {
  private static final Duration TICK = Duration.ofMillis(500);

  private final DemoStream stream;
  private final Path out;
  private final List<String> overrides;
  private final int partitions;
  private final DemoTerminal console;
  private final Optional<LocalRun> local;
  private Optional<DemoPage.Place> place = Optional.empty();

  Demo(DemoStream stream, Path out, List<String> overrides, int partitions, DemoTerminal console) {
    this.stream = stream;
    this.partitions = partitions;
    this.out = out.toAbsolutePath();
    this.overrides = List.copyOf(overrides);
    this.console = console;
    local = stream.live() ? Optional.empty() : Optional.of(new LocalRun());
  }

  /** The single-thread learner on the recorded stream, after it has run. */
  Optional<LocalRun> local() {
    return local;
  }

  Demo withPage(DemoPage.Place there) {
    place = Optional.of(there);
    return this;
  }

  DemoOutcome run() throws Exception {
    return run(outcome -> {});
  }

  /**
   * Runs.
   *
   * @param ending what to do while Kafka and the page still run
   */
  DemoOutcome run(Ending ending) throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      LearnerConfig config = config(kafka.bootstrapServers());
      createTopics(kafka, config);
      try (DemoPage page = place.isEmpty() ? null : page(config, place.get())) {
        Configuration flink = page == null ? new Configuration() : page.flink();
        DemoOutcome outcome = stream.live() ? live(config, flink) : recorded(config, flink);
        ending.at(outcome);
        return outcome;
      }
    }
  }

  interface Ending {
    void at(DemoOutcome outcome) throws IOException, InterruptedException;
  }

  private DemoPage page(LearnerConfig config, DemoPage.Place there) throws IOException {
    DemoPage page = DemoPage.open(config, stream.oracle(), snapshots(), there);
    console.say("  console       " + page.announcement());
    return page;
  }

  /** Sends the stream while the job learns from it. */
  private DemoOutcome live(LearnerConfig config, Configuration flink) throws Exception {
    ExecutorService feeder = Executors.newSingleThreadExecutor();
    try (RunningJob job = start(config, flink)) {
      Future<Long> feed = feeder.submit(() -> feed(config));
      return watch(config, job, () -> feed.isDone() && sent(feed) && job.hasReadAll());
    } finally {
      feeder.shutdownNow();
      feeder.awaitTermination(10, TimeUnit.SECONDS);
    }
  }

  /** Sends the whole stream before the job begins, which ends where the stream does. */
  private DemoOutcome recorded(LearnerConfig config, Configuration flink) throws Exception {
    feed(config);
    try (RunningJob job = start(config, flink)) {
      return watch(config, job, job::hasEnded);
    }
  }

  private LearnerConfig config(String bootstrapServers) {
    List<String> settings = new ArrayList<>();
    settings.add("kafka.bootstrap-servers=" + bootstrapServers);
    settings.add("snapshot.root=" + snapshots().toUri());
    settings.add("checkpoint.dir=" + out.resolve("checkpoints").toUri());
    settings.addAll(overrides);
    return LearnerConfig.parse(stream.config(), "the demo's learner.yaml", settings)
        .ofJson("the demo");
  }

  private void createTopics(EmbeddedKafka kafka, LearnerConfig config)
      throws IOException, InterruptedException {
    kafka.topics().create(config.kafka().topics().impressions(), partitions);
    kafka.topics().create(config.kafka().topics().clicks(), partitions);
  }

  private RunningJob start(LearnerConfig config, Configuration flink) throws Exception {
    var job = new LearnerJob(config, !stream.live());
    local.ifPresent(run -> job.withExamples(run.sink()));
    var env = job.localEnvironment(flink);
    job.build(env);
    var client = env.executeAsync();
    var kafka = config.kafka();
    return new RunningJob(client, kafka);
  }

  private DemoOutcome watch(LearnerConfig config, RunningJob job, Done done) throws Exception {
    var kafka = config.kafka();
    var progress = new DemoProgress();
    try (MetricsTopic metrics = new MetricsTopic(kafka)) {
      while (!done.isTrue()) {
        job.hasEnded(); // throws if it failed
        metrics.poll(TICK);
        progress.note(metrics);
        console.progress(progress, stream.total(), stream.oracle(), snapshots());
      }
      job.finish(out.resolve("savepoints").toUri().toString());
      metrics.pollToEnd();
      progress.note(metrics);
      console.endProgress();
      return DemoOutcome.of(config, stream, progress, metrics, job, local, snapshots());
    }
  }

  /** Whether everything is learned. */
  private interface Done {
    boolean isTrue() throws IOException, InterruptedException;
  }

  private Path snapshots() {
    return out.resolve("snapshots");
  }

  private long feed(LearnerConfig config) throws IOException, InterruptedException {
    var kafka = config.kafka();
    try (KafkaEvents events =
        new KafkaEvents(
            kafka.clients(),
            kafka.topics().impressions(),
            kafka.topics().clicks(),
            Timestamps.EVENT)) {
      return new Feed(events, Double.POSITIVE_INFINITY).run(stream.records(), sent -> {});
    }
  }

  /** Whether the feed has finished; throws its failure. */
  private static boolean sent(Future<Long> feed) throws IOException, InterruptedException {
    try {
      feed.get();
      return true;
    } catch (ExecutionException e) {
      throw new IOException("the feed failed: " + e.getCause().getMessage(), e.getCause());
    }
  }
}
