package io.freshet.lab.demo;

import static java.util.Objects.requireNonNull;

import io.freshet.cli.console.Console;
import io.freshet.cli.console.ConsoleSettings;
import io.freshet.cli.console.EmbeddedServer;
import io.freshet.cli.console.source.BestPossible;
import io.freshet.config.LearnerConfig;
import io.freshet.lab.simulate.Oracle;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.RestOptions;

/** The page of a run: the console, and a server of predictions for its form. */
final class DemoPage implements AutoCloseable {
  private static final Duration METRICS_AGE = Duration.ofSeconds(1);

  private final EmbeddedServer server;
  private final Console console;
  private final int flinkPort;
  private final boolean staysOpen;

  private DemoPage(EmbeddedServer server, Console console, int flinkPort, boolean staysOpen) {
    this.server = server;
    this.console = console;
    this.flinkPort = flinkPort;
    this.staysOpen = staysOpen;
  }

  static DemoPage open(LearnerConfig config, Optional<Oracle> oracle, Path snapshots, Place place)
      throws IOException {
    SnapshotStore store = new SnapshotStore(new LocalStorage(snapshots));
    int flinkPort = freePort();
    EmbeddedServer server = EmbeddedServer.start(store);
    try {
      Console console =
          Console.start(
              new ConsoleSettings(
                  ConsoleSettings.LOOPBACK,
                  place.port(),
                  store,
                  Optional.of(config.kafka().clients()),
                  config.kafka().topics().metrics(),
                  Optional.empty(),
                  Optional.of(config.name()),
                  oracle.map(DemoPage::reach).orElse(BestPossible.UNKNOWN),
                  Optional.of(URI.create("http://" + ConsoleSettings.LOOPBACK + ":" + flinkPort)),
                  server.address(),
                  ConsoleSettings.USUAL_COUNT_ROWS));
      return new DemoPage(server, console, flinkPort, place.staysOpen());
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  private static BestPossible reach(Oracle oracle) {
    return (from, to, examples) ->
        oracle.best(from, to, examples).map(b -> new BestPossible.Best(b.logloss(), b.auc()));
  }

  /** Makes Flink serve current metrics where the page asks for them. */
  Configuration flink() {
    Configuration flink = new Configuration();
    flink.set(RestOptions.BIND_PORT, Integer.toString(flinkPort));
    flink.set(MetricOptions.METRIC_FETCHER_UPDATE_INTERVAL, METRICS_AGE);
    return flink;
  }

  String announcement() {
    return console.announcement()
        + (staysOpen ? "" : "  until the run ends; --keep-open keeps it longer");
  }

  @Override
  public void close() throws IOException {
    try (server) {
      console.close();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /**
   * Where a demo's page is.
   *
   * @param port 0 for any free one; absent for the usual one, or any where that is taken
   * @param staysOpen whether the page outlives the run
   */
  record Place(OptionalInt port, boolean staysOpen) {
    Place {
      requireNonNull(port, "port");
    }
  }
}
