package io.freshet.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.freshet.event.Click;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Writes late clicks as the click events they were ({@code schemas/click.schema.json}), keyed by
 * impression id.
 */
final class LateClickSerializer implements KafkaRecordSerializationSchema<Click> {
  private static final long serialVersionUID = 1L;
  private static final JsonFactory JSON = new JsonFactory();

  private final String topic;

  LateClickSerializer(String topic) {
    this.topic = requireNonNull(topic, "topic");
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      Click click, KafkaSinkContext context, Long timestamp) {
    return new ProducerRecord<>(topic, null, click.impressionId().getBytes(UTF_8), json(click));
  }

  private static byte[] json(Click click) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(96);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("impression_id", click.impressionId());
      json.writeNumberField("timestamp", click.timestamp());
      if (!click.action().equals(Click.CLICK)) {
        json.writeStringField("action", click.action());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot be written: " + click, e);
    }
    return bytes.toByteArray();
  }
}
