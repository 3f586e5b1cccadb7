package io.freshet.lab.ops;

import io.freshet.config.LearnerConfig;
import io.freshet.job.pipeline.LearnerJob;
import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.lab.broker.TopicContents;
import io.freshet.lab.simulate.AdStream;
import io.freshet.lab.simulate.SimulatorSettings;
import io.freshet.lab.simulate.SimulatorSettings.Disorder;
import io.freshet.lab.simulate.SimulatorSettings.Truth;
import io.freshet.lab.stream.Feed;
import io.freshet.lab.stream.KafkaEvents;
import io.freshet.lab.stream.KafkaEvents.Timestamps;
import io.freshet.serve.http.ModelServer;
import io.freshet.serve.http.ServeSettings;
import io.freshet.serve.impressions.ImpressionLog;
import io.freshet.serve.models.ModelOpener;
import io.freshet.serve.models.ModelsFile;
import io.freshet.serve.models.ModelsSpec;
import io.freshet.serve.models.OpenModels;
import io.freshet.snapshot.storage.LocalStorage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;

/**
 * The whole job on a small simulated stream with every kind of bad record: cancelled in the middle,
 * without a savepoint, and started again from its last checkpoint at another parallelism, so that
 * what came after that is read twice.
 */
final class SmallRun implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int IMPRESSIONS = 8_000;

  private final Path folder;
  private final EmbeddedKafka kafka;
  private final int port;
  private JobClient job;

  SmallRun(Path folder) throws Exception {
    this.folder = folder;
    kafka = EmbeddedKafka.start();
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      port = free.getLocalPort();
    }
    kafka.topics().ensure(List.of("impressions", "clicks"), 2);
    try (KafkaEvents events =
        new KafkaEvents(kafka.clients(), "impressions", "clicks", Timestamps.EVENT)) {
      new Feed(events, Double.POSITIVE_INFINITY).run(new AdStream(stream()), sent -> {});
    }
  }

  private static SimulatorSettings stream() {
    return new SimulatorSettings(
        7,
        Instant.parse("2026-01-31T12:00:00Z"),
        IMPRESSIONS,
        10,
        new Truth(300, 100, 0.8, 0.2, 0.9, 0.05),
        new Disorder(
            Duration.ofSeconds(10),
            Duration.ofMinutes(1),
            0.02,
            0.1,
            Duration.ofSeconds(10),
            0.02,
            0.01));
  }

  long records(String topic) throws Exception {
    return TopicContents.of(kafka, topic).size();
  }

  Path snapshots() {
    return folder.resolve("snapshots");
  }

  void start(int parallelism) throws Exception {
    Configuration flink = new Configuration();
    flink.setString(
        "metrics.reporter.prom.factory.class",
        "org.apache.flink.metrics.prometheus.PrometheusReporterFactory");
    flink.setString("metrics.reporter.prom.port", String.valueOf(port));
    flink.setString("metrics.reporter.ours.factory.class", OurMetrics.Factory.class.getName());
    newestCheckpoint()
        .ifPresent(path -> flink.set(StateRecoveryOptions.SAVEPOINT_PATH, path.toString()));
    LearnerJob learner = new LearnerJob(config(parallelism), false);
    var env = learner.localEnvironment(flink);
    learner.build(env);
    job = env.executeAsync();
  }

  private LearnerConfig config(int parallelism) {
    return LearnerConfig.parse(
        """
        name: small
        kafka: {bootstrap-servers: "%s"}
        features:
          - {name: user, kind: categorical}
          - {name: item, kind: categorical}
          - {name: genres, kind: multi}
          - {name: price, kind: numeric, transform: log}
          - {name: recent, kind: sequence, of: item, history: {}}
        join: {window: 1 min, out-of-orderness: 10 s, warm-up: 0 s}
        model: {embedding-size: 4, hidden-layers: [8]}
        embedding:
          expiry: 2 min
          max-rows: 500
          fields: [{name: item, admission: {kind: count, after: 3}}]
        evaluate: {window: 1 min, at-impression: 0.5}
        snapshot: {root: "%s"}
        checkpoint: {interval: 500 ms, dir: "%s", backend: hashmap}
        parallelism: %s
        """
            .formatted(
                kafka.bootstrapServers(),
                snapshots().toUri(),
                folder.resolve("checkpoints").toUri(),
                parallelism),
        "small.yaml",
        List.of());
  }

  /** Cancels the job as it is: what came after its last checkpoint is read again by the next. */
  void cancel() throws Exception {
    job.cancel().get();
    job.getJobExecutionResult().exceptionally(cancelled -> null).get();
  }

  Optional<Path> newestCheckpoint() throws IOException {
    if (!Files.exists(folder.resolve("checkpoints"))) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.walk(folder.resolve("checkpoints"))) {
      return files
          .filter(file -> file.endsWith("_metadata"))
          .max((a, b) -> Long.compare(a.toFile().lastModified(), b.toFile().lastModified()))
          .map(Path::getParent);
    }
  }

  /** What the metrics say once they are as wanted, or at the end of the patience. */
  Scrape await(Predicate<Scrape> wanted) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Scrape now = scrape();
      if (wanted.test(now) || System.nanoTime() > deadline) {
        return now;
      }
      Thread.sleep(100);
    }
  }

  private Scrape scrape() throws InterruptedException {
    try {
      return Scrape.of("http://127.0.0.1:" + port + "/metrics");
    } catch (IOException e) {
      return new Scrape(List.of()); // not up yet
    }
  }

  int port() {
    return port;
  }

  /** What is done while a server runs. */
  interface Meanwhile {
    void run(int port) throws Exception;
  }

  /**
   * The metrics of a server that has answered a request: with a file of models, a shadow among
   * them, and a log of impressions, so that it has all there are.
   */
  Scrape serve(Meanwhile meanwhile) throws Exception {
    Path file = folder.resolve("models.yaml");
    Files.writeString(
        file,
        """
        models:
          - {name: small, root: "%1$s", store: rocksdb, store-dir: "%2$s", store-memory: 16}
          - {name: next, root: "%1$s"}
        splits: [{name: shop, shares: {small: 100}, shadows: [next]}]
        """
            .formatted(snapshots().toUri(), folder.resolve("rows")));
    ModelsSpec spec = ModelsSpec.read(file);
    Duration poll = Duration.ofMillis(50);
    try (OpenModels open = new OpenModels(new ModelOpener(LocalStorage::at));
        ModelServer server =
            new ModelServer(open.set(spec), ServeSettings.DEFAULT.withAddress("127.0.0.1", 0));
        ImpressionLog log = new ImpressionLog(kafka.clients(), "served-impressions");
        ModelsFile models =
            new ModelsFile(file, spec, open, server.service(), poll, Duration.ofSeconds(20))) {
      server.start();
      open.start(poll);
      models.start();
      log.follow(server.service());
      String address = "http://127.0.0.1:" + server.address().getPort();
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (!server.service().readiness().isReady() && System.nanoTime() < deadline) {
        Thread.sleep(20);
      }
      HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create(address + "/v1/models/shop:predict"))
                  .POST(
                      BodyPublishers.ofString("{\"instances\":[{\"features\":{\"user\":\"u1\"}}]}"))
                  .build(),
              BodyHandlers.ofString());
      meanwhile.run(server.address().getPort());
      return Scrape.of(address + "/metrics");
    }
  }

  @Override
  public void close() {
    kafka.close();
  }
}
