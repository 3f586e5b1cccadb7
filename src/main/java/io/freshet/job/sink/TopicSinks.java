package io.freshet.job.sink;

import io.freshet.evaluate.report.MetricsReport;
import io.freshet.event.Click;
import io.freshet.job.deadletter.DeadLetter;
import io.freshet.job.deadletter.DeadLetterSerializer;
import io.freshet.job.example.SkippedExampleSerializer;
import io.freshet.kafka.KafkaClients;
import io.freshet.kafka.PropertyReferences;
import io.freshet.train.SkippedExample;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * The Kafka sinks of the job. They write at least once, with keys by which a repeat is known:
 * transactions would time out in a long outage and lose what they held.
 *
 * <p>Producers wait five minutes before they fail the job, unless their properties say otherwise,
 * so that a broker may be away for a while. They have one request on its way at a time: of several,
 * a broker that does not know the producer may take the second, and then refuse the first
 * indefinitely. So batches are large and compressed: after an outage of hours, much is due at once.
 *
 * <p>A topic of reports, all but examples and predictions, may refuse records: the job goes on
 * ({@link ReportSerializer}).
 */
public final class TopicSinks {
  private static final Map<String, String> DEFAULTS =
      Map.of(
          ProducerConfig.MAX_BLOCK_MS_CONFIG, "300000",
          ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "300000",
          ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "90000",
          ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "1",
          ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, "10000",
          ProducerConfig.MAX_REQUEST_SIZE_CONFIG, "4194304",
          ProducerConfig.BATCH_SIZE_CONFIG, "1048576",
          ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4",
          ProducerConfig.LINGER_MS_CONFIG, "20");

  private TopicSinks() {}

  /** Dead letters, as {@code schemas/dead-letter.md} describes them. */
  public static KafkaSink<DeadLetter> deadLetters(
      String bootstrapServers, String topic, Map<String, String> properties) {
    return reports(bootstrapServers, topic, new DeadLetterSerializer(topic), true, properties);
  }

  /** Examples that were not learned, to the dead letters too. */
  public static KafkaSink<SkippedExample> skipped(
      String bootstrapServers, String topic, Map<String, String> properties) {
    return reports(bootstrapServers, topic, new SkippedExampleSerializer(topic), true, properties);
  }

  /** Late clicks and orphans, as click events keyed by impression id. */
  public static KafkaSink<Click> lateClicks(
      String bootstrapServers, String topic, Map<String, String> properties) {
    return reports(bootstrapServers, topic, new LateClickSerializer(topic), false, properties);
  }

  /** Reports of progressive validation. */
  public static KafkaSink<MetricsReport> metrics(
      String bootstrapServers, String topic, String model, Map<String, String> properties) {
    var serializer = new MetricsSerializer(topic, model);
    return reports(bootstrapServers, topic, serializer, false, properties);
  }

  private static <T> KafkaSink<T> reports(
      String bootstrapServers,
      String topic,
      KafkaRecordSerializationSchema<T> serializer,
      boolean isCut,
      Map<String, String> properties) {
    var guard = new TopicGuard(new KafkaClients(bootstrapServers, properties), topic);
    return sink(bootstrapServers, new ReportSerializer<>(serializer, guard, isCut), properties);
  }

  /** Any records, with the same guarantee and patience. */
  public static <T> KafkaSink<T> sink(
      String bootstrapServers,
      KafkaRecordSerializationSchema<T> serializer,
      Map<String, String> properties) {
    Properties producer = new Properties();
    producer.putAll(DEFAULTS);
    producer.putAll(PropertyReferences.late(properties));
    return KafkaSink.<T>builder()
        .setKafkaProducerConfig(producer)
        .setBootstrapServers(bootstrapServers)
        .setRecordSerializer(serializer)
        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
        .build();
  }
}
