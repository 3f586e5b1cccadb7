package io.freshet.cli.console;

import io.freshet.cli.console.source.FlinkRest;
import io.freshet.cli.console.source.RecentImpression;
import io.freshet.cli.console.watch.ChainWatch;
import io.freshet.cli.console.watch.FieldWatch;
import io.freshet.cli.console.watch.FlowWatch;
import io.freshet.cli.console.watch.LagWatch;
import io.freshet.cli.console.watch.QualityWatch;
import io.freshet.cli.console.watch.ServedWatch;
import io.freshet.cli.console.watch.Watch;
import io.freshet.cli.console.watch.Watches;
import io.freshet.serve.http.LoopbackGuard;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * A console that runs: its watches, and the server of its page, which has a port and threads of its
 * own so that it never takes any from predictions.
 */
public final class Console implements AutoCloseable {
  private static final int THREADS = 12;
  private static final int IDLE_MILLIS = 30_000;
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration LONG_PAUSE = Duration.ofSeconds(3); // a look is many requests

  private final ConsoleSettings settings;
  private final Watches watches = new Watches(InstantSource.system());
  private final Server server;
  private final ServerConnector connector;

  private Console(ConsoleSettings settings) {
    this.settings = settings;
    QueuedThreadPool threads = new QueuedThreadPool(THREADS, 4);
    threads.setName("console");
    threads.setDaemon(true);
    server = new Server(threads);
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setHost(settings.bind());
    connector.setIdleTimeout(IDLE_MILLIS);
    server.addConnector(connector);
    server.setHandler(
        new ConsoleHandler(
            watches,
            new Scoring(settings.scoring()),
            settings
                .kafka()
                .map(kafka -> new RecentImpression(settings.snapshots(), kafka, new Random())),
            LoopbackGuard.of(settings.bind())));
  }

  /**
   * Starts a console.
   *
   * @throws IOException where its address cannot be had
   */
  public static Console start(ConsoleSettings settings) throws IOException {
    Console console = new Console(settings);
    try {
      console.listen();
    } catch (IOException e) {
      console.close();
      throw e;
    }
    console.watch();
    return console;
  }

  private void listen() throws IOException {
    connector.setPort(settings.port().orElse(ConsoleSettings.USUAL_PORT));
    try {
      open();
    } catch (BindException e) {
      if (settings.port().isPresent()) {
        throw new IOException(
            "the console cannot listen at %s:%s: %s; port 0 takes any that is free"
                .formatted(settings.bind(), settings.port().getAsInt(), e.getMessage()),
            e);
      }
      connector.setPort(0);
      open();
    }
    try {
      server.start();
    } catch (Exception e) {
      throw new IOException("the console does not start: " + e.getMessage(), e);
    }
  }

  private void open() throws IOException {
    try {
      connector.open();
    } catch (IOException e) {
      throw e.getCause() instanceof BindException taken ? taken : e; // Jetty wraps it
    }
  }

  private void watch() {
    InstantSource clock = InstantSource.system();
    Watch noKafka = Watch.unavailable("no Kafka was named to read it from (--bootstrap-servers)");
    Watch noFlink =
        Watch.unavailable("only the job itself counts it, and no Flink was named (--flink-url)");
    watches.always(
        "quality",
        settings
            .kafka()
            .<Watch>map(
                kafka ->
                    new QualityWatch(
                        kafka, settings.metricsTopic(), settings.model(), settings.reach()))
            .orElse(noKafka),
        PAUSE);
    watches.always(
        "lag",
        settings
            .kafka()
            .<Watch>map(kafka -> new LagWatch(settings.snapshots(), kafka, clock))
            .orElse(noKafka),
        PAUSE);
    settings
        .served()
        .ifPresent(
            topics ->
                watches.onDemand(
                    "served",
                    new ServedWatch(settings.kafka().orElseThrow(), topics, settings.model()),
                    LONG_PAUSE));
    watches.onDemand("snapshots", new ChainWatch(settings.snapshots()), PAUSE);
    watches.onDemand("fields", new FieldWatch(settings.snapshots(), settings.countRows()), PAUSE);
    watches.always(
        "flow",
        settings
            .flink()
            .<Watch>map(url -> new FlowWatch(new FlinkRest(url), settings.model()))
            .orElse(noFlink),
        LONG_PAUSE);
  }

  public String address() {
    return "http://%s:%s/".formatted(settings.bind(), connector.getLocalPort());
  }

  /** The page's address, and why it is not the usual one. */
  public String announcement() {
    boolean moved =
        settings.port().isEmpty() && connector.getLocalPort() != ConsoleSettings.USUAL_PORT;
    return address() + (moved ? "  (port " + ConsoleSettings.USUAL_PORT + " is taken)" : "");
  }

  @Override
  public void close() throws IOException {
    watches.close();
    try {
      server.stop();
    } catch (Exception e) {
      throw new IOException("the console did not stop in order: " + e.getMessage(), e);
    }
  }
}
