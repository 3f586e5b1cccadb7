package io.freshet.job.sink;

import static java.util.Objects.requireNonNull;

import io.freshet.snapshot.announce.AnnouncementSink;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Announces publications of snapshots to a Kafka topic. */
public final class AnnouncementTopic implements AnnouncementSink.Factory {
  private static final long serialVersionUID = 1L;
  private static final Duration CLOSING = Duration.ofSeconds(2);

  /** Short: whoever announces tries again, and a task that closes waits for little. */
  private static final Map<String, String> DEFAULTS =
      Map.of(
          ProducerConfig.MAX_BLOCK_MS_CONFIG, "10000",
          ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "10000",
          ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "20000",
          ProducerConfig.ACKS_CONFIG, "all");

  private final String servers;
  private final String topic;
  private final Map<String, String> properties;

  public AnnouncementTopic(String servers, String topic, Map<String, String> properties) {
    this.servers = requireNonNull(servers, "servers");
    this.topic = requireNonNull(topic, "topic");
    this.properties = Map.copyOf(properties);
  }

  @Override
  public AnnouncementSink open() {
    Map<String, Object> settings = new HashMap<>(DEFAULTS);
    settings.putAll(properties);
    settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, servers);
    ByteArraySerializer bytes = new ByteArraySerializer();
    return new Topic(topic, new KafkaProducer<>(settings, bytes, bytes));
  }

  private record Topic(String name, KafkaProducer<byte[], byte[]> producer)
      implements AnnouncementSink {
    @Override
    public void send(String key, byte[] json) throws InterruptedException, ExecutionException {
      producer.send(new ProducerRecord<>(name, key.getBytes(StandardCharsets.UTF_8), json)).get();
    }

    @Override
    public void close() {
      producer.close(CLOSING);
    }
  }
}
