package io.freshet.lab.broker;

import static java.util.Objects.requireNonNull;

import io.freshet.kafka.KafkaClients;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Utils;

/**
 * A real Kafka broker in this process: broker and controller in one node (KRaft), on loopback.
 *
 * <p>Its states are {@code started ⇄ stopped → closed}. A stopped broker keeps its data and its
 * port, so that clients find it again after {@link #restart}. Nothing expires, and topics are
 * created explicitly only. A fatal fault ends the process, as in Kafka.
 */
public final class EmbeddedKafka implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1";

  private final Path directory;
  private final boolean temporary;
  private final Ports ports;
  private final Map<String, String> settings;
  private KafkaRaftServer server; // null while stopped

  private EmbeddedKafka(
      Path directory, boolean temporary, Ports ports, Map<String, String> settings) {
    this.settings = Map.copyOf(settings);
    this.directory = requireNonNull(directory, "directory");
    this.temporary = temporary;
    this.ports = ports;
  }

  /** Starts a broker on a free port, with a directory that is deleted on close or interruption. */
  public static EmbeddedKafka start() throws IOException {
    EmbeddedKafka kafka =
        started(
            new EmbeddedKafka(
                Files.createTempDirectory("freshet-kafka"), true, free(LOOPBACK, 0), Map.of()));
    Runtime.getRuntime().addShutdownHook(new Thread(kafka::close, "close the broker"));
    return kafka;
  }

  /**
   * Starts a broker on a directory, which may hold an earlier broker's data and stays after close.
   *
   * @param port of clients; 0 for any free one
   */
  public static EmbeddedKafka start(Path directory, int port) throws IOException {
    return start(directory, port, Map.of());
  }

  /**
   * Also takes settings that override the defaults here, such as a required login; {@link #topics}
   * has no login, so such callers make their own {@link Topics}.
   */
  public static EmbeddedKafka start(Path directory, int port, Map<String, String> settings)
      throws IOException {
    return start(directory, LOOPBACK, port, settings);
  }

  /** Starts one on an address of this machine. */
  public static EmbeddedKafka start(
      Path directory, String address, int port, Map<String, String> settings) throws IOException {
    Files.createDirectories(directory);
    return started(new EmbeddedKafka(directory, false, free(address, port), settings));
  }

  public String bootstrapServers() {
    return ports.address + ":" + ports.broker;
  }

  public KafkaClients clients() {
    return new KafkaClients(bootstrapServers());
  }

  public Topics topics() {
    return new Topics(clients());
  }

  /** Stops the broker cleanly, keeping its data and port. Does nothing when stopped. */
  public synchronized void stop() {
    if (server != null) {
      server.shutdown();
      server.awaitShutdown();
      server = null;
    }
  }

  /** Starts the stopped broker again, on the same port and data. */
  public synchronized void restart() throws IOException {
    if (server != null) {
      throw new IllegalStateException("the broker at " + bootstrapServers() + " is running");
    }
    Locale.setDefault(Locale.ROOT); // a broker reads its settings in the default one
    KafkaConfig config = new KafkaConfig(properties(), false);
    BrokerProperties.format(config);
    server = new KafkaRaftServer(config, Time.SYSTEM);
    try {
      server.startup();
    } catch (RuntimeException e) {
      stop();
      throw new IOException(
          "no Kafka broker at %s with its data in %s: %s"
              .formatted(bootstrapServers(), directory, e.getMessage()),
          e);
    }
  }

  @Override
  public synchronized void close() {
    stop();
    if (temporary && Files.exists(directory)) {
      delete();
    }
  }

  private Map<String, String> properties() {
    Map<String, String> properties = BrokerProperties.of(directory, ports);
    properties.putAll(settings);
    return properties;
  }

  Path directory() {
    return directory;
  }

  private static EmbeddedKafka started(EmbeddedKafka kafka) throws IOException {
    try {
      kafka.restart();
      return kafka;
    } catch (IOException | RuntimeException e) {
      kafka.close();
      throw e;
    }
  }

  private void delete() {
    try {
      Utils.delete(directory.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException("the broker's data in " + directory + " is left behind", e);
    }
  }

  /** Free ports, open together for a moment so that they differ. */
  private static Ports free(String address, int broker) throws IOException {
    try (ServerSocket first = new ServerSocket(broker, 1, InetAddress.getByName(address));
        ServerSocket second = new ServerSocket(0, 1, InetAddress.getByName(LOOPBACK))) {
      return new Ports(address, first.getLocalPort(), second.getLocalPort());
    } catch (IOException e) {
      throw new IOException("port %s on %s: %s".formatted(broker, address, e.getMessage()), e);
    }
  }

  /** The controller's is on loopback. */
  record Ports(String address, int broker, int controller) {}
}
