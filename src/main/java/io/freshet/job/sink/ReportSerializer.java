package io.freshet.job.sink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import org.apache.flink.api.common.serialization.SerializationSchema.InitializationContext;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what is about learning and no part of it, so that a topic which refuses records does not
 * stop the job: a record that is too large is cut, or left out as all are where the topic takes
 * none. These are counted, {@code refused_records}; the first that is cut or too large is logged.
 *
 * @param <T> the type of the reports
 */
final class ReportSerializer<T> implements KafkaRecordSerializationSchema<T> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(ReportSerializer.class);
  private static final int ENVELOPE = 128; // of a batch and its record
  private static final int HEADER = 10; // lengths

  /** Size of the original value, where it was cut. */
  private static final String BYTES = "bytes";

  private final KafkaRecordSerializationSchema<T> serializer;
  private final TopicGuard topic;
  private final boolean isCut;
  private transient Counter refused;
  private transient boolean isLogged;

  /**
   * @param isCut whether a part of a value is of use
   */
  ReportSerializer(KafkaRecordSerializationSchema<T> serializer, TopicGuard topic, boolean isCut) {
    this.serializer = requireNonNull(serializer, "serializer");
    this.topic = requireNonNull(topic, "topic");
    this.isCut = isCut;
  }

  @Override
  public void open(InitializationContext context, KafkaSinkContext sink) throws Exception {
    serializer.open(context, sink);
    refused = context.getMetricGroup().counter("refused_records");
    topic.open();
  }

  /** The record; null, which the sink leaves out, where the topic does not take it. */
  @Override
  public ProducerRecord<byte[], byte[]> serialize(T report, KafkaSinkContext sink, Long timestamp) {
    long most = topic.mostBytes();
    ProducerRecord<byte[], byte[]> record =
        most == 0 ? null : fitting(serializer.serialize(report, sink, timestamp), most);
    if (record == null) {
      refused.inc();
    }
    return record;
  }

  private ProducerRecord<byte[], byte[]> fitting(
      ProducerRecord<byte[], byte[]> record, long mostBytes) {
    int value = record.value() == null ? 0 : record.value().length;
    long room = mostBytes - ENVELOPE - bytesBesidesValue(record);
    if (value <= room) {
      return record;
    }
    if (!isLogged) {
      isLogged = true;
      LOG.warn(
          "topic {} takes at most {} bytes (max.message.bytes): larger records are {}",
          record.topic(),
          mostBytes,
          isCut ? "cut" : "left out");
    }
    return isCut && room > 0 ? cut(record, (int) room) : null;
  }

  private static long bytesBesidesValue(ProducerRecord<byte[], byte[]> record) {
    long bytes = record.key() == null ? 0 : record.key().length;
    for (Header header : record.headers()) {
      bytes += HEADER + header.key().length() + header.value().length;
    }
    return bytes;
  }

  private static ProducerRecord<byte[], byte[]> cut(
      ProducerRecord<byte[], byte[]> record, int bytes) {
    var cut =
        new ProducerRecord<>(
            record.topic(),
            record.partition(),
            record.timestamp(),
            record.key(),
            Arrays.copyOf(record.value(), bytes),
            record.headers());
    if (cut.headers().lastHeader(BYTES) == null) {
      cut.headers().add(BYTES, Integer.toString(record.value().length).getBytes(UTF_8));
    }
    return cut;
  }
}
