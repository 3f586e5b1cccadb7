package io.freshet.lab.broker;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.record.TimestampType;

/**
 * Creates topics on a Kafka cluster.
 *
 * <p>Each call opens and closes its own connection.
 */
public final class Topics {
  private static final int PATIENCE = 10_000; // milliseconds for an answer
  private static final int PAUSE = 20; // milliseconds between two questions

  private final Map<String, Object> client;
  private final Optional<Short> replication;

  /**
   * Topics with the cluster's own default of replicas.
   *
   * @param client Kafka client properties, the bootstrap servers among them
   */
  public Topics(Map<String, Object> client) {
    this(client, Optional.empty());
  }

  Topics(Map<String, Object> client, short replication) {
    this(client, Optional.of(replication));
  }

  private Topics(Map<String, Object> client, Optional<Short> replication) {
    this.client = Map.copyOf(client);
    this.replication = requireNonNull(replication, "replication");
  }

  /** Creates a topic whose records carry the time their producer gives them. */
  public void create(String name, int partitions) throws IOException, InterruptedException {
    create(name, partitions, TimestampType.CREATE_TIME);
  }

  /** Creates a topic. */
  public void create(String name, int partitions, TimestampType timestamps)
      throws IOException, InterruptedException {
    try (Admin admin = Admin.create(client)) {
      create(admin, List.of(topic(name, partitions, timestamps)));
    }
  }

  /** Creates those of the topics that do not exist yet. */
  public void ensure(List<String> names, int partitions) throws IOException, InterruptedException {
    try (Admin admin = Admin.create(client)) {
      create(
          admin,
          absent(admin, names).stream()
              .map(name -> topic(name, partitions, TimestampType.CREATE_TIME))
              .toList());
    }
  }

  /**
   * Refuses topics that do not exist.
   *
   * @param remedy told with the refusal
   */
  public void require(List<String> names, String remedy) throws IOException, InterruptedException {
    try (Admin admin = Admin.create(client)) {
      List<String> absent = absent(admin, names);
      if (!absent.isEmpty()) {
        throw new IOException(
            "no topics %s at %s: %s".formatted(String.join(", ", absent), servers(), remedy));
      }
    }
  }

  private List<String> absent(Admin admin, List<String> names)
      throws IOException, InterruptedException {
    try {
      Set<String> present =
          admin.listTopics(new ListTopicsOptions().timeoutMs(PATIENCE)).names().get();
      return names.stream().filter(name -> !present.contains(name)).toList();
    } catch (ExecutionException e) {
      throw new IOException(
          "cannot list the topics at %s: %s; is Kafka there?"
              .formatted(servers(), e.getCause().getMessage()),
          e);
    }
  }

  private void create(Admin admin, List<NewTopic> topics) throws IOException, InterruptedException {
    try {
      admin.createTopics(topics).all().get();
      awaitPresent(admin, topics.stream().map(NewTopic::name).toList());
    } catch (ExecutionException e) {
      throw new IOException(
          "cannot create %s at %s: %s"
              .formatted(
                  topics.stream().map(NewTopic::name).toList(),
                  servers(),
                  e.getCause().getMessage()),
          e);
    }
  }

  /** The controller answers before the brokers know, on a busy machine by a second. */
  private void awaitPresent(Admin admin, List<String> names)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE);
    while (!absent(admin, names).isEmpty()) {
      if (System.nanoTime() > end) {
        throw new IOException(
            "%s were created at %s, but no broker knows them".formatted(names, servers()));
      }
      Thread.sleep(PAUSE);
    }
  }

  private NewTopic topic(String name, int partitions, TimestampType timestamps) {
    return new NewTopic(name, Optional.of(partitions), replication)
        .configs(Map.of(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, timestamps.toString()));
  }

  private Object servers() {
    return client.get("bootstrap.servers");
  }
}
