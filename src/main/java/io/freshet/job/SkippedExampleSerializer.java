package io.freshet.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.feature.Example;
import io.freshet.feature.LabelledExample;
import io.freshet.feature.LabelledExample.Kind;
import io.freshet.train.SkippedExample;
import java.util.Locale;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Writes examples that were not learned to the dead letters, as {@code schemas/dead-letter.md}
 * describes them: raw values are gone by then, so the encoded example is the value.
 */
final class SkippedExampleSerializer implements KafkaRecordSerializationSchema<SkippedExample> {
  private static final long serialVersionUID = 1L;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String KIND = "not-learned";

  private final String topic;

  SkippedExampleSerializer(String topic) {
    this.topic = requireNonNull(topic, "topic");
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      SkippedExample skipped, KafkaSinkContext context, Long timestamp) {
    String id = skipped.example().impressionId();
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            topic, key(skipped.example()).getBytes(UTF_8), json(skipped.example()));
    record.headers().add("reason", skipped.reason().getBytes(UTF_8));
    record.headers().add("kind", KIND.getBytes(UTF_8));
    record.headers().add("impression-id", id.getBytes(UTF_8));
    return record;
  }

  /** An impression may be told more than once, each time as something else. */
  private static String key(LabelledExample labelled) {
    String id = "impression-" + labelled.impressionId();
    return labelled.kind() == Kind.DECIDED ? id : id + "-" + kind(labelled);
  }

  private static String kind(LabelledExample labelled) {
    return labelled.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static byte[] json(LabelledExample labelled) {
    Example example = labelled.example();
    ObjectNode json = JSON.createObjectNode();
    json.put("impression_id", labelled.impressionId());
    json.put("time", labelled.time());
    json.put("told", kind(labelled));
    put(json, "label", labelled.label());
    put(json, "weight", labelled.weight());
    json.put("user", example.user());
    ArrayNode fids = json.putArray("fids");
    ArrayNode values = json.putArray("values");
    for (int i = 0; i < example.occurrences(); i++) {
      fids.add(example.fids()[i]);
      if (Float.isFinite(example.values()[i])) {
        values.add(example.values()[i]);
      } else {
        values.add(String.valueOf(example.values()[i]));
      }
    }
    try {
      return JSON.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree is always writable", e);
    }
  }

  /** JSON has no number for what is infinite or undefined: that is text. */
  private static void put(ObjectNode json, String key, float value) {
    if (Float.isFinite(value)) {
      json.put(key, value);
    } else {
      json.put(key, String.valueOf(value));
    }
  }
}
