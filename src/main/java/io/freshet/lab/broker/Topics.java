package io.freshet.lab.broker;

import static java.util.Objects.requireNonNull;

import io.freshet.kafka.KafkaClients;
import io.freshet.kafka.TopicAdmin;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.record.TimestampType;

/**
 * Creates topics with the cluster's default of replicas. Each call opens and closes a connection.
 */
public record Topics(KafkaClients kafka) {
  public Topics {
    requireNonNull(kafka, "kafka");
  }

  /** Creates a topic whose records carry their producer's timestamps. */
  public void create(String name, int partitions) throws IOException, InterruptedException {
    create(name, partitions, TimestampType.CREATE_TIME);
  }

  public void create(String name, int partitions, TimestampType timestamps)
      throws IOException, InterruptedException {
    try (TopicAdmin admin = kafka.topicAdmin()) {
      admin.create(List.of(topic(name, partitions, timestamps)));
    }
  }

  /** Creates the missing ones of these topics. */
  public void ensure(List<String> names, int partitions) throws IOException, InterruptedException {
    try (TopicAdmin admin = kafka.topicAdmin()) {
      admin.ensure(
          names.stream().map(name -> topic(name, partitions, TimestampType.CREATE_TIME)).toList());
    }
  }

  /**
   * Refuses missing topics.
   *
   * @param remedy appended to the error
   */
  public void require(List<String> names, String remedy) throws IOException, InterruptedException {
    try (TopicAdmin admin = kafka.topicAdmin()) {
      List<String> absent = admin.absent(names);
      if (!absent.isEmpty()) {
        throw new IOException(
            "no topics %s at %s: %s".formatted(String.join(", ", absent), kafka.servers(), remedy));
      }
    }
  }

  private static NewTopic topic(String name, int partitions, TimestampType timestamps) {
    return new NewTopic(name, Optional.of(partitions), Optional.empty())
        .configs(Map.of(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, timestamps.toString()));
  }
}
