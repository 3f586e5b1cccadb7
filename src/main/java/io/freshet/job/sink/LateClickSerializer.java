package io.freshet.job.sink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.freshet.event.Click;
import io.freshet.event.EventVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Writes late clicks as the click events they were ({@code schemas/click.schema.json}), keyed by
 * impression id, with the version of their format in a header.
 */
public final class LateClickSerializer implements KafkaRecordSerializationSchema<Click> {
  private static final long serialVersionUID = 1L;
  private static final JsonFactory JSON = new JsonFactory();

  private final String topic;

  public LateClickSerializer(String topic) {
    this.topic = requireNonNull(topic, "topic");
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      Click click, KafkaSinkContext context, Long timestamp) {
    byte[] key = click.impressionId().getBytes(UTF_8);
    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, null, key, json(click));
    record.headers().add(EventVersion.HEADER, EventVersion.current());
    return record;
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
