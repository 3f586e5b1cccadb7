package io.freshet.job.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.freshet.event.Rejection;
import java.util.Arrays;
import java.util.Locale;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

/**
 * Writes dead letters as {@code schemas/dead-letter.md} describes them: the original bytes as the
 * value, where they came from as the key, everything else in headers.
 *
 * <p>A value too large for a record of Kafka's default limit is cut: one letter that the broker
 * refuses would stop the job.
 */
public final class DeadLetterSerializer implements KafkaRecordSerializationSchema<DeadLetter> {
  private static final long serialVersionUID = 1L;

  static final int MAX_VALUE_BYTES = 1_000_000;
  static final int MAX_REASON_CHARS = 1_000;

  private final String topic;

  public DeadLetterSerializer(String topic) {
    this.topic = requireNonNull(topic, "topic");
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      DeadLetter letter, KafkaSinkContext context, Long timestamp) {
    String key = letter.topic() + "-" + letter.partition() + "-" + letter.offset();
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, null, key.getBytes(UTF_8), cut(letter.value()));
    Headers headers = record.headers();
    String reason = letter.rejection().reason();
    headers.add("reason", bytes(reason.substring(0, Math.min(reason.length(), MAX_REASON_CHARS))));
    headers.add("kind", bytes(name(letter.rejection().kind())));
    headers.add("topic", bytes(letter.topic()));
    headers.add("partition", bytes(letter.partition()));
    headers.add("offset", bytes(letter.offset()));
    headers.add("kafka-timestamp", bytes(letter.kafkaTimestamp()));
    if (letter.value() != null && letter.value().length > MAX_VALUE_BYTES) {
      headers.add("bytes", bytes(letter.value().length));
    }
    return record;
  }

  /** A kind of rejection as readers know it, such as {@code missing-key}. */
  public static String name(Rejection.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static byte[] cut(byte[] value) {
    return value == null || value.length <= MAX_VALUE_BYTES
        ? value
        : Arrays.copyOf(value, MAX_VALUE_BYTES);
  }

  private static byte[] bytes(Object value) {
    return value.toString().getBytes(UTF_8);
  }
}
