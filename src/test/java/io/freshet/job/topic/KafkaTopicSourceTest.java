package io.freshet.job.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.connector.kafka.source.metrics.KafkaSourceReaderMetrics;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.metrics.groups.SourceReaderMetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.UserCodeClassLoader;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class KafkaTopicSourceTest {
  private static final TopicPartition CLICKS = new TopicPartition("clicks", 0);
  private static final long LATEST = -1; // in Kafka's protocol

  @Test
  void commitWithoutCoordinatorOutlivesTheWakeupBeforeIt() throws Exception {
    AtomicInteger failed = new AtomicInteger();

    var reader = reader();
    try {
      reader.handleSplitsChanges(new SplitsAddition<>(List.of(new KafkaPartitionSplit(CLICKS, 5))));
      for (int i = 0; i < 10; i++) {
        reader.wakeUp();
        reader.notifyCheckpointComplete(
            Map.of(CLICKS, new OffsetAndMetadata(5)),
            (offsets, failure) -> failed.addAndGet(failure == null ? 0 : 1));
      }
    } finally {
      reader.close();
    }

    assertThat(failed).hasPositiveValue();
  }

  @Test
  void theEndOfATopicIsLookedForThroughTheWakeupBeforeIt() throws Exception {
    var reader = reader();
    try {
      reader.wakeUp();

      assertThatThrownBy(
              () ->
                  reader.handleSplitsChanges(
                      new SplitsAddition<>(List.of(new KafkaPartitionSplit(CLICKS, 5, LATEST)))))
          .isInstanceOf(TimeoutException.class); // nobody answers
    } finally {
      reader.close();
    }
  }

  private static KafkaTopicSource.SplitReader reader() {
    Properties consumer = new Properties();
    consumer.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:1"); // nobody listens
    consumer.put(ConsumerConfig.GROUP_ID_CONFIG, "test");
    consumer.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    String bytes = ByteArrayDeserializer.class.getName();
    consumer.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, bytes);
    consumer.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, bytes);
    consumer.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "500");
    consumer.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, "400");
    Reading context = new Reading(UnregisteredMetricsGroup.createSourceReaderMetricGroup());
    return new KafkaTopicSource.SplitReader(
        consumer, context, new KafkaSourceReaderMetrics(context.metricGroup()));
  }

  private record Reading(SourceReaderMetricGroup metricGroup) implements SourceReaderContext {
    @Override
    public Configuration getConfiguration() {
      return new Configuration();
    }

    @Override
    public String getLocalHostName() {
      return "localhost";
    }

    @Override
    public int getIndexOfSubtask() {
      return 0;
    }

    @Override
    public void sendSplitRequest() {}

    @Override
    public void sendSourceEventToCoordinator(SourceEvent event) {}

    @Override
    public UserCodeClassLoader getUserCodeClassLoader() {
      throw new UnsupportedOperationException("nothing is decoded");
    }
  }
}
