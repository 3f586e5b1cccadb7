package io.freshet.lab.broker;

import io.freshet.lab.broker.EmbeddedKafka.Ports;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import kafka.server.KafkaConfig;
import org.apache.kafka.metadata.storage.Formatter;

/** The configuration of the single node, and the format of its directory. */
final class BrokerProperties {
  private static final int NODE = 1;

  /** Constant, so that a broker can start again on its directory. */
  private static final String CLUSTER = "ZnJlc2hldC1sb2NhbC0wMQ";

  private BrokerProperties() {}

  static Map<String, String> of(Path directory, Ports ports) {
    Map<String, String> p = new HashMap<>();
    quorumOfOne(p, directory, ports);
    replicateOnce(p);
    keepEverything(p);
    staySmall(p);
    return p;
  }

  /** Formats the broker's directory if needed, as {@code kafka-storage.sh format} does. */
  static void format(KafkaConfig config) throws IOException {
    String directory = config.logDirs().get(0);
    try (PrintStream silent =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
      new Formatter()
          .setPrintStream(silent)
          .setNodeId(NODE)
          .setClusterId(CLUSTER)
          .setControllerListenerName("CONTROLLER")
          .addDirectory(directory)
          .setMetadataLogDirectory(directory)
          .setIgnoreFormatted(true)
          .run();
    } catch (Exception e) { // the formatter declares no narrower one
      throw new IOException("cannot format " + directory + " for Kafka: " + e.getMessage(), e);
    }
  }

  private static void quorumOfOne(Map<String, String> p, Path directory, Ports ports) {
    String broker = "PLAINTEXT://" + ports.address() + ":" + ports.broker();
    p.put("node.id", Integer.toString(NODE));
    p.put("process.roles", "broker,controller");
    p.put("listeners", broker + ",CONTROLLER://127.0.0.1:" + ports.controller());
    p.put("advertised.listeners", broker);
    p.put("controller.listener.names", "CONTROLLER");
    p.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    p.put("controller.quorum.voters", NODE + "@127.0.0.1:" + ports.controller());
    p.put("log.dirs", directory.toString());
  }

  private static void replicateOnce(Map<String, String> p) {
    p.put("offsets.topic.replication.factor", "1");
    p.put("transaction.state.log.replication.factor", "1");
    p.put("transaction.state.log.min.isr", "1");
    p.put("share.coordinator.state.topic.replication.factor", "1");
    p.put("share.coordinator.state.topic.min.isr", "1");
  }

  /**
   * Event times may be years ago: no record is refused for that, expires or closes a segment. What
   * is ahead of the clock is refused, as brokers do by default.
   */
  private static void keepEverything(Map<String, String> p) {
    String forever = Long.toString(Long.MAX_VALUE);
    p.put("auto.create.topics.enable", "false");
    p.put("log.retention.ms", "-1");
    p.put("log.roll.ms", forever);
    p.put("log.message.timestamp.before.max.ms", forever);
  }

  /** Threads and memory for a laptop instead of a server. */
  private static void staySmall(Map<String, String> p) {
    p.put("offsets.topic.num.partitions", "1");
    p.put("transaction.state.log.num.partitions", "1");
    p.put("group.initial.rebalance.delay.ms", "0");
    p.put("num.network.threads", "2");
    p.put("num.io.threads", "4");
    p.put("background.threads", "2");
    p.put("log.cleaner.dedupe.buffer.size", Integer.toString(4 << 20));
    p.put("log.index.size.max.bytes", Integer.toString(1 << 20));
  }
}
