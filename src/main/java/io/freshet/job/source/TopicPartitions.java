package io.freshet.job.source;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Asks Kafka how many partitions a topic has. */
public final class TopicPartitions {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private TopicPartitions() {}

  /**
   * The number of partitions.
   *
   * @throws IOException when there is no such topic or no answer within ten seconds
   */
  public static int count(EventTopic topic) throws IOException, InterruptedException {
    Map<String, Object> properties = new HashMap<>(topic.properties());
    properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, topic.bootstrapServers());
    try (Admin admin = Admin.create(properties)) {
      return admin
          .describeTopics(
              List.of(topic.name()),
              new DescribeTopicsOptions().timeoutMs((int) PATIENCE.toMillis()))
          .allTopicNames()
          .get()
          .get(topic.name())
          .partitions()
          .size();
    } catch (ExecutionException e) {
      throw new IOException(reason(topic, e.getCause()), e.getCause());
    } catch (KafkaException e) {
      String reason =
          KafkaClientErrors.reason(e, topic.bootstrapServers(), topic.properties().keySet());
      throw new IOException("no answer about topic %s: %s".formatted(topic.name(), reason));
    }
  }

  private static String reason(EventTopic topic, Throwable failure) {
    String servers = topic.bootstrapServers();
    if (failure instanceof UnknownTopicOrPartitionException) {
      return "no topic %s at %s; create it first (freshet topics --config FILE --create)"
          .formatted(topic.name(), servers);
    }
    if (failure instanceof TimeoutException) {
      return "no answer about topic %s from %s within %d s; is Kafka there?"
          .formatted(topic.name(), servers, PATIENCE.toSeconds());
    }
    return "no answer about topic %s from %s: %s"
        .formatted(topic.name(), servers, failure.getMessage());
  }
}
