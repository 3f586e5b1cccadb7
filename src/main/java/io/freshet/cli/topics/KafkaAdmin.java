package io.freshet.cli.topics;

import static java.util.stream.Collectors.toMap;

import io.freshet.config.KafkaSettings;
import io.freshet.job.source.KafkaClientErrors;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Asks Kafka about topics, with the properties that a learner's clients have. Gives up after ten
 * seconds; no message holds a property's value.
 */
public final class KafkaAdmin implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 10_000;

  private final Admin admin;
  private final String servers;

  private KafkaAdmin(Admin admin, String servers) {
    this.admin = admin;
    this.servers = servers;
  }

  /**
   * A client with the learner's properties.
   *
   * @throws IOException if a client cannot be made with them
   */
  public static KafkaAdmin of(KafkaSettings kafka) throws IOException {
    Map<String, Object> client = new HashMap<>(kafka.properties());
    client.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
    client.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
    client.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS / 2);
    try {
      return new KafkaAdmin(Admin.create(client), kafka.bootstrapServers());
    } catch (KafkaException e) {
      throw new IOException(
          KafkaClientErrors.reason(e, kafka.bootstrapServers(), kafka.properties().keySet()));
    }
  }

  /** How many brokers there are. */
  public int brokers() throws IOException, InterruptedException {
    return answer(admin.describeCluster().nodes(), "about its brokers").size();
  }

  /**
   * Those of the topics that exist, or that this client may not see, by name.
   *
   * @throws IOException if Kafka does not answer
   */
  public Map<String, TopicState> topics(Collection<String> names)
      throws IOException, InterruptedException {
    var asked =
        admin
            .describeTopics(names, new DescribeTopicsOptions().includeAuthorizedOperations(true))
            .topicNameValues();
    Map<String, TopicState> states = new HashMap<>();
    for (String name : names) {
      try {
        Optional<TopicDescription> topic = present(asked.get(name), "topic " + name);
        if (topic.isPresent()) {
          states.put(name, state(topic.get()));
        }
      } catch (ForbiddenException e) {
        states.put(name, TopicState.hidden(name));
      }
    }
    return states;
  }

  private TopicState state(TopicDescription topic) throws IOException, InterruptedException {
    return new TopicState(
        topic.name(),
        topic.partitions().size(),
        topic.partitions().get(0).replicas().size(),
        settings(topic.name()),
        Objects.requireNonNullElse(topic.authorizedOperations(), Set.<AclOperation>of()));
  }

  private Map<String, String> settings(String topic) throws IOException, InterruptedException {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    try {
      Config config = admin.describeConfigs(List.of(resource)).values().get(resource).get();
      return config.entries().stream()
          .filter(entry -> entry.value() != null)
          .collect(toMap(ConfigEntry::name, ConfigEntry::value));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AuthorizationException) {
        return Map.of();
      }
      throw failure("about the settings of topic " + topic, e);
    }
  }

  /**
   * What this client may do with a consumer group; nothing where the broker does not say.
   *
   * @return empty where this client may not see the group
   */
  public Optional<Set<AclOperation>> allowedWithGroup(String group)
      throws IOException, InterruptedException {
    var options = new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true);
    var asked = admin.describeConsumerGroups(List.of(group), options).describedGroups().get(group);
    try {
      return Optional.of(
          present(asked, "group " + group)
              .map(found -> found.authorizedOperations())
              .orElse(Set.of()));
    } catch (ForbiddenException e) {
      return Optional.empty();
    }
  }

  /** The latest Kafka timestamp in a topic. */
  public Optional<Instant> newest(TopicState topic) throws IOException, InterruptedException {
    Map<TopicPartition, OffsetSpec> latest =
        IntStream.range(0, topic.partitions())
            .mapToObj(partition -> new TopicPartition(topic.name(), partition))
            .collect(toMap(partition -> partition, partition -> OffsetSpec.maxTimestamp()));
    return answer(admin.listOffsets(latest).all(), "about the times in " + topic.name())
        .values()
        .stream()
        .filter(offset -> offset.timestamp() >= 0)
        .map(offset -> Instant.ofEpochMilli(offset.timestamp()))
        .max(Instant::compareTo);
  }

  /**
   * Creates topics.
   *
   * @param replicas of each; the cluster's default where none are given
   * @throws IOException if one of them cannot be created
   */
  public void create(List<TopicDesign> designs, Optional<Short> replicas)
      throws IOException, InterruptedException {
    List<NewTopic> topics = new ArrayList<>();
    for (TopicDesign design : designs) {
      topics.add(
          new NewTopic(design.name(), Optional.of(design.partitions()), replicas)
              .configs(design.settings()));
    }
    var created = admin.createTopics(topics).values();
    for (TopicDesign design : designs) {
      try {
        created.get(design.name()).get();
      } catch (ExecutionException e) {
        throw failure("to the creation of topic " + design.name(), e);
      }
    }
  }

  private <T> Optional<T> present(KafkaFuture<T> asked, String what)
      throws IOException, InterruptedException {
    try {
      return Optional.of(asked.get());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException
          || e.getCause() instanceof org.apache.kafka.common.errors.GroupIdNotFoundException) {
        return Optional.empty();
      }
      throw failure("about " + what, e);
    }
  }

  private <T> T answer(KafkaFuture<T> asked, String what) throws IOException, InterruptedException {
    try {
      return asked.get();
    } catch (ExecutionException e) {
      throw failure(what, e);
    }
  }

  private IOException failure(String what, ExecutionException e) {
    String text = "no good answer %s from %s: %s";
    String message = text.formatted(what, servers, e.getCause().getMessage());
    return e.getCause() instanceof AuthorizationException
        ? new ForbiddenException(message, e.getCause())
        : new IOException(message, e.getCause());
  }

  /** Kafka answers, but not to this client. */
  private static final class ForbiddenException extends IOException {
    private static final long serialVersionUID = 1;

    ForbiddenException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  @Override
  public void close() {
    admin.close();
  }
}
