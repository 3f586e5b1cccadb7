package io.freshet.lab.evaluate;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A topic's records, up to its present end. */
record PredictionRecords(String bootstrapServers, Map<String, String> properties) {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Takes a record's value. */
  interface Sink {
    void record(byte[] value) throws IOException;
  }

  /**
   * Hands on every record, partition by partition in its order.
   *
   * @throws IOException where Kafka does not answer, there is no such topic, or a record is refused
   */
  void read(String topic, Sink to) throws IOException {
    Map<String, Object> client = new HashMap<>(properties);
    client.put("bootstrap.servers", bootstrapServers);
    client.put("allow.auto.create.topics", false);
    client.put("default.api.timeout.ms", (int) PATIENCE.toMillis());
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(p -> new TopicPartition(topic, p.partition()))
              .toList();
      if (partitions.isEmpty()) {
        throw new IOException("there is no topic %s at %s".formatted(topic, bootstrapServers));
      }
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      readToEnd(consumer, to);
    } catch (KafkaException e) {
      throw new IOException(
          "topic %s at %s: %s".formatted(topic, bootstrapServers, e.getMessage()), e);
    }
  }

  private static void readToEnd(KafkaConsumer<byte[], byte[]> consumer, Sink to)
      throws IOException {
    Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
        deadline = System.nanoTime() + PATIENCE.toNanos();
        try {
          to.record(record.value());
        } catch (IOException e) {
          throw new IOException(
              "%s-%d, offset %d: %s"
                  .formatted(record.topic(), record.partition(), record.offset(), e.getMessage()),
              e);
        }
      }
      if (System.nanoTime() > deadline) {
        throw new IOException("nothing came for " + PATIENCE.toSeconds() + " s");
      }
    }
  }
}
