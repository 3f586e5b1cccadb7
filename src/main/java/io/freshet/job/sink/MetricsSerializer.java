package io.freshet.job.sink;

import io.freshet.evaluate.report.MetricsJson;
import io.freshet.evaluate.report.MetricsReport;
import java.nio.charset.StandardCharsets;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A record of the metrics topic: the report as JSON, keyed by model and window. */
final class MetricsSerializer implements KafkaRecordSerializationSchema<MetricsReport> {
  private static final long serialVersionUID = 1L;

  private final String topic;
  private final String model;

  MetricsSerializer(String topic, String model) {
    this.topic = topic;
    this.model = model;
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      MetricsReport report, KafkaSinkContext context, Long timestamp) {
    byte[] key = MetricsJson.key(model, report).getBytes(StandardCharsets.UTF_8);
    return new ProducerRecord<>(topic, key, MetricsJson.value(model, report));
  }
}
