package io.freshet.job.example;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.example.LabeledExample.Kind;
import io.freshet.train.SkippedExample;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Writes examples that were not learned to the dead letters, as {@code schemas/dead-letter.md}
 * describes them: raw values are gone by then, so the encoded example is the value.
 */
public final class SkippedExampleSerializer
    implements KafkaRecordSerializationSchema<SkippedExample> {
  private static final long serialVersionUID = 1L;
  private static final String KIND = "not-learned";

  private final String topic;

  public SkippedExampleSerializer(String topic) {
    this.topic = requireNonNull(topic, "topic");
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      SkippedExample skipped, KafkaSinkContext context, Long timestamp) {
    String id = skipped.example().impressionId();
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            topic, key(skipped.example()).getBytes(UTF_8), ExampleJson.of(skipped.example()));
    record.headers().add("reason", skipped.reason().getBytes(UTF_8));
    record.headers().add("kind", KIND.getBytes(UTF_8));
    record.headers().add("impression-id", id.getBytes(UTF_8));
    return record;
  }

  /** An impression may be emitted more than once, each time with another kind of label. */
  private static String key(LabeledExample labeled) {
    String id = "impression-" + labeled.impressionId();
    return labeled.kind() == Kind.DECIDED ? id : id + "-" + ExampleJson.kind(labeled);
  }
}
