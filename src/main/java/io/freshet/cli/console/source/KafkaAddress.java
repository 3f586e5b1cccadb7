package io.freshet.cli.console.source;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Where Kafka is and how it is spoken to; clients of it give up after seconds, as a page waits.
 *
 * @param servers where to begin, {@code host:port} with commas between
 * @param properties of clients, for TLS and logins
 */
public record KafkaAddress(String servers, Map<String, String> properties) {
  private static final int PATIENCE_MILLIS = 5000;

  public KafkaAddress {
    properties = Map.copyOf(properties);
  }

  public KafkaConsumer<byte[], byte[]> consumer() {
    Map<String, Object> client = client();
    client.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    client.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    client.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    return new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  public Admin admin() {
    return Admin.create(client());
  }

  private Map<String, Object> client() {
    Map<String, Object> client = new HashMap<>();
    client.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
    client.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS - 1000);
    client.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 2000);
    client.putAll(properties);
    client.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, servers);
    return client;
  }

  /** What failed at Kafka, in words. */
  public IOException failure(String what, Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return new IOException("%s at %s: %s".formatted(what, servers, root.getMessage()), e);
  }
}
