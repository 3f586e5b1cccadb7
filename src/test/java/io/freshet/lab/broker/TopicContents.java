package io.freshet.lab.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.kafka.KafkaClients;
import io.freshet.kafka.TopicReader;
import java.io.IOException;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** All that a topic holds, for tests. */
public final class TopicContents {
  private TopicContents() {}

  /** The records, each partition's in order. */
  public static List<ConsumerRecord<byte[], byte[]>> bytes(KafkaClients kafka, String topic)
      throws IOException, InterruptedException {
    try (TopicReader reader = new TopicReader(kafka, topic)) {
      return reader.readToEnd();
    }
  }

  public static List<ConsumerRecord<String, String>> of(EmbeddedKafka kafka, String topic)
      throws IOException, InterruptedException {
    return bytes(kafka.clients(), topic).stream().map(TopicContents::text).toList();
  }

  private static ConsumerRecord<String, String> text(ConsumerRecord<byte[], byte[]> record) {
    return new ConsumerRecord<>(
        record.topic(),
        record.partition(),
        record.offset(),
        record.timestamp(),
        record.timestampType(),
        record.serializedKeySize(),
        record.serializedValueSize(),
        record.key() == null ? null : new String(record.key(), UTF_8),
        record.value() == null ? null : new String(record.value(), UTF_8),
        record.headers(),
        record.leaderEpoch());
  }
}
