package io.freshet.lab.cluster;

import io.freshet.kafka.KafkaClients;
import io.freshet.lab.broker.Topics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A Kafka broker in a separate process, on one port and directory through all restarts. Not
 * thread-safe.
 */
public final class BrokerProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private final Host host;
  private final int port;
  private final ChildProcess process;

  /** One on this machine. */
  public BrokerProcess(Path directory) throws IOException {
    this(directory, Host.LOOPBACK);
  }

  /** Picks a free port and starts nothing yet. */
  public BrokerProcess(Path directory, Host host) throws IOException {
    this.host = host;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      port = free.getLocalPort();
    }
    process =
        new ChildProcess(
            "broker",
            host,
            directory.resolve("logs").resolve("broker.log"),
            List.of("-Xmx384m", "-XX:+UseSerialGC"),
            List.of(
                BrokerMain.class.getName(),
                directory.resolve("kafka").toString(),
                host.address(),
                String.valueOf(port)));
  }

  public String bootstrapServers() {
    return host.address() + ":" + port;
  }

  public KafkaClients clients() {
    return new KafkaClients(bootstrapServers());
  }

  public Topics topics() {
    return new Topics(clients());
  }

  /** Starts the broker and waits until it answers. */
  public void start() throws IOException, InterruptedException {
    process.start();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        topics().require(List.of(), "");
        return;
      } catch (IOException e) {
        if (System.nanoTime() > deadline || !process.isAlive()) {
          throw new IOException(
              "no broker: %s; its log ends with%n%s".formatted(e.getMessage(), process.logTail(20)),
              e);
        }
      }
    }
  }

  public void stop() throws InterruptedException {
    process.stop();
  }

  /** {@code kill -9}. */
  public void kill() throws InterruptedException {
    process.kill();
  }

  @Override
  public void close() {
    process.close();
  }
}
