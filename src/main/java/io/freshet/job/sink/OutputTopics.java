package io.freshet.job.sink;

import io.freshet.config.ExampleSettings;
import io.freshet.config.ExampleSettings.Target;
import io.freshet.config.KafkaSettings;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * Creates the topics that the job writes where they are not there yet, with the cluster's default
 * partitions and replicas: a sink would wait for a missing one for minutes and then fail the job.
 */
public final class OutputTopics {
  private static final int PATIENCE_MILLIS = 10_000;

  private OutputTopics() {}

  /**
   * @throws IOException where a topic is absent and cannot be created
   */
  public static void ensure(KafkaSettings kafka, ExampleSettings... records)
      throws IOException, InterruptedException {
    Map<String, Object> properties = new HashMap<>(kafka.properties());
    properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
    var topics = kafka.topics();
    try (Admin admin = Admin.create(properties)) {
      for (String name :
          List.of(
              topics.deadLetters(), topics.lateClicks(), topics.metrics(), topics.snapshots())) {
        create(admin, name, kafka.bootstrapServers());
      }
      for (ExampleSettings of : records) {
        if (of.to() == Target.TOPIC) {
          create(admin, of.topic(), kafka.bootstrapServers());
        }
      }
    }
  }

  private static void create(Admin admin, String name, String servers)
      throws IOException, InterruptedException {
    NewTopic topic = new NewTopic(name, Optional.empty(), Optional.empty());
    try {
      admin
          .createTopics(List.of(topic), new CreateTopicsOptions().timeoutMs(PATIENCE_MILLIS))
          .all()
          .get();
    } catch (ExecutionException e) {
      boolean isThere =
          e.getCause() instanceof TopicExistsException
              || e.getCause() instanceof AuthorizationException && isSeen(admin, name);
      if (!isThere) {
        throw new IOException(
            "cannot create topic %s at %s: %s; create it, or allow the job to"
                .formatted(name, servers, e.getCause().getMessage()),
            e.getCause());
      }
    }
  }

  /** Kafka forbids creation before it looks whether there is anything to create. */
  private static boolean isSeen(Admin admin, String name) throws InterruptedException {
    try {
      admin
          .describeTopics(List.of(name), new DescribeTopicsOptions().timeoutMs(PATIENCE_MILLIS))
          .allTopicNames()
          .get();
      return true;
    } catch (ExecutionException e) {
      return false; // the refusal to create it says what to do
    }
  }
}
