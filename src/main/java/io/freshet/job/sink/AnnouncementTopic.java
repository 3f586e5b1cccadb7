package io.freshet.job.sink;

import static java.util.Objects.requireNonNull;

import io.freshet.kafka.KafkaClients;
import io.freshet.snapshot.announce.AnnouncementSink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Announces publications of snapshots to a Kafka topic. */
public final class AnnouncementTopic implements AnnouncementSink.Factory {
  private static final long serialVersionUID = 1L;
  private static final Duration CLOSING = Duration.ofSeconds(2);

  /** Short: an announcement is retried, and a task that closes does not wait long. */
  private static final Map<String, Object> DEFAULTS =
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
  public AnnouncementSink open() throws IOException {
    return new Topic(topic, new KafkaClients(servers, properties).producer(DEFAULTS));
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
