package io.freshet.kafka;

import static java.util.stream.Collectors.toMap;

import io.freshet.kafka.KafkaErrors.ForbiddenException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** Looks at topics and consumer groups, and creates topics. */
public final class TopicAdmin implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(20);

  private final Admin admin;
  private final KafkaClients kafka;

  TopicAdmin(Admin admin, KafkaClients kafka) {
    this.admin = admin;
    this.kafka = kafka;
  }

  /** How many brokers there are. */
  public int brokers() throws IOException, InterruptedException {
    return answer(admin.describeCluster().nodes(), "its brokers").size();
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
      var asked = admin.describeConfigs(List.of(resource)).values().get(resource);
      return answer(asked, "the settings of topic " + topic).entries().stream()
          .filter(entry -> entry.value() != null)
          .collect(toMap(ConfigEntry::name, ConfigEntry::value));
    } catch (ForbiddenException e) {
      return Map.of();
    }
  }

  /**
   * The number of a topic's partitions.
   *
   * @throws IOException if there is no such topic
   */
  public int partitions(String topic) throws IOException, InterruptedException {
    return present(
            admin.describeTopics(List.of(topic)).topicNameValues().get(topic), "topic " + topic)
        .map(found -> found.partitions().size())
        .orElseThrow(
            () ->
                new IOException(
                    "no topic %s at %s; create it first (freshet topics --config FILE --create)"
                        .formatted(topic, kafka.servers())));
  }

  /**
   * The id of a topic, another one each time that a topic of the name is created.
   *
   * @return empty where there is none, or the brokers are too old for ids
   */
  public Optional<String> id(String topic) throws IOException, InterruptedException {
    return present(
            admin.describeTopics(List.of(topic)).topicNameValues().get(topic), "topic " + topic)
        .map(TopicDescription::topicId)
        .filter(id -> !id.equals(Uuid.ZERO_UUID))
        .map(Uuid::toString);
  }

  /** Those of the topics that do not exist, as far as this client may see. */
  public List<String> absent(Collection<String> names) throws IOException, InterruptedException {
    Set<String> present = answer(admin.listTopics().names(), "the list of topics");
    return names.stream().filter(name -> !present.contains(name)).toList();
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

  /** The offsets that a consumer group has committed. */
  public Map<TopicPartition, Long> committed(String group)
      throws IOException, InterruptedException {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    answer(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata(), "group " + group)
        .forEach((partition, offset) -> offsets.put(partition, offset.offset()));
    return offsets;
  }

  /** The next offset of each partition of a topic. */
  public Map<TopicPartition, Long> ends(String topic) throws IOException, InterruptedException {
    return ends(partitions(topic, partitions(topic)));
  }

  /** The next offset of each of these partitions. */
  public Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions)
      throws IOException, InterruptedException {
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    partitions.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
    Map<TopicPartition, Long> ends = new HashMap<>();
    answer(admin.listOffsets(latest).all(), "the ends of the topics")
        .forEach((partition, end) -> ends.put(partition, end.offset()));
    return ends;
  }

  /**
   * Where the records of partitions begin that wait for the end of a transaction, their own or one
   * before them, and may not be read until then.
   */
  public Map<TopicPartition, Long> waiting(String topic) throws IOException, InterruptedException {
    Map<TopicPartition, Long> ends = ends(topic);
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    ends.keySet().forEach(partition -> latest.put(partition, OffsetSpec.latest()));
    Map<TopicPartition, Long> waiting = new HashMap<>();
    var committed = new ListOffsetsOptions(IsolationLevel.READ_COMMITTED);
    answer(admin.listOffsets(latest, committed).all(), "the ends of topic " + topic)
        .forEach(
            (partition, end) -> {
              if (end.offset() < ends.get(partition)) {
                waiting.put(partition, end.offset());
              }
            });
    return waiting;
  }

  /**
   * Where transactions on a topic begin that are open, though their producers have written nothing
   * to the partition since a time. Brokers before 2.8 do not tell.
   */
  public Map<TopicPartition, Long> openSince(TopicState topic, Instant time)
      throws IOException, InterruptedException {
    List<TopicPartition> partitions = partitions(topic.name(), topic.partitions());
    Map<TopicPartition, Long> open = new HashMap<>();
    try {
      answer(admin.describeProducers(partitions).all(), "the producers of topic " + topic.name())
          .forEach(
              (partition, producers) ->
                  producers.activeProducers().stream()
                      .filter(producer -> producer.lastTimestamp() < time.toEpochMilli())
                      .flatMapToLong(producer -> producer.currentTransactionStartOffset().stream())
                      .min()
                      .ifPresent(start -> open.put(partition, start)));
    } catch (IOException e) {
      if (!(e.getCause() instanceof UnsupportedVersionException)) {
        throw e;
      }
    }
    return open;
  }

  /** The latest Kafka timestamp in a topic. */
  public Optional<Instant> newest(TopicState topic) throws IOException, InterruptedException {
    Map<TopicPartition, OffsetSpec> latest =
        partitions(topic.name(), topic.partitions()).stream()
            .collect(toMap(partition -> partition, partition -> OffsetSpec.maxTimestamp()));
    return answer(admin.listOffsets(latest).all(), "the times in topic " + topic.name())
        .values()
        .stream()
        .filter(offset -> offset.timestamp() >= 0)
        .map(offset -> Instant.ofEpochMilli(offset.timestamp()))
        .max(Instant::compareTo);
  }

  private static List<TopicPartition> partitions(String topic, int count) {
    return IntStream.range(0, count).mapToObj(p -> new TopicPartition(topic, p)).toList();
  }

  /**
   * Creates topics, and waits until the brokers know them: the controller answers earlier, on a
   * busy machine by a second.
   *
   * @throws IOException if one of them exists or cannot be created
   */
  public void create(List<NewTopic> topics) throws IOException, InterruptedException {
    var created = admin.createTopics(topics).values();
    for (NewTopic topic : topics) {
      answer(created.get(topic.name()), "creation of topic " + topic.name());
    }
    awaitLeaders(topics.stream().map(NewTopic::name).toList());
  }

  /**
   * Creates those of the topics that do not exist. One that another client creates in between, or
   * that the broker asked does not know yet, exists.
   *
   * @throws IOException if one of them is absent and cannot be created
   */
  public void ensure(List<NewTopic> topics) throws IOException, InterruptedException {
    List<String> absent = absent(topics.stream().map(NewTopic::name).toList());
    var created =
        admin
            .createTopics(topics.stream().filter(t -> absent.contains(t.name())).toList())
            .values();
    for (String topic : absent) {
      try {
        answer(created.get(topic), "creation of topic " + topic);
      } catch (IOException e) {
        if (!(e.getCause() instanceof TopicExistsException)) {
          throw e;
        }
      }
    }
    awaitLeaders(topics.stream().map(NewTopic::name).toList());
  }

  /** Sets a setting of topics, or takes it back to the cluster's where no value is given. */
  public void set(Collection<String> topics, String setting, Optional<String> value)
      throws IOException, InterruptedException {
    AlterConfigOp change =
        new AlterConfigOp(
            new ConfigEntry(setting, value.orElse(null)),
            value.isPresent() ? AlterConfigOp.OpType.SET : AlterConfigOp.OpType.DELETE);
    Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
    for (String topic : topics) {
      changes.put(new ConfigResource(ConfigResource.Type.TOPIC, topic), List.of(change));
    }
    answer(admin.incrementalAlterConfigs(changes).all(), setting + " of topics " + topics);
  }

  /**
   * Waits until each partition has a leader that answers. Of what is written before that, a
   * producer may have its first batch refused and the next one taken, after which the first is out
   * of order: it is lost when the producer gives up.
   */
  private void awaitLeaders(List<String> topics) throws IOException, InterruptedException {
    long end = System.nanoTime() + kafka.timeout().toNanos();
    for (String topic : topics) {
      while (true) {
        try {
          ends(topic);
          break;
        } catch (IOException e) {
          if (System.nanoTime() > end) {
            throw new IOException(
                "topic %s was created at %s, but its partitions do not answer: %s"
                    .formatted(topic, kafka.servers(), e.getMessage()),
                e);
          }
          Thread.sleep(PAUSE.toMillis());
        }
      }
    }
  }

  /**
   * Creates a topic with the cluster's defaults, unless it exists.
   *
   * @throws IOException if it is absent and cannot be created
   */
  public void createIfAbsent(String topic) throws IOException, InterruptedException {
    NewTopic wanted = new NewTopic(topic, Optional.empty(), Optional.empty());
    try {
      admin.createTopics(List.of(wanted)).all().get();
      awaitLeaders(List.of(topic));
    } catch (ExecutionException e) {
      boolean exists =
          e.getCause() instanceof TopicExistsException
              || e.getCause() instanceof AuthorizationException && isSeen(topic);
      if (!exists) {
        throw new IOException(
            "cannot create topic %s at %s: %s; create it, or allow the job to"
                .formatted(topic, kafka.servers(), e.getCause().getMessage()),
            e.getCause());
      }
    }
  }

  /** Kafka forbids a creation before it checks whether there is anything to create. */
  private boolean isSeen(String topic) throws InterruptedException {
    try {
      admin.describeTopics(List.of(topic)).allTopicNames().get();
      return true;
    } catch (ExecutionException e) {
      return false; // the error about its creation says what to do
    }
  }

  private <T> Optional<T> present(KafkaFuture<T> asked, String what)
      throws IOException, InterruptedException {
    try {
      return Optional.of(asked.get());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException
          || e.getCause() instanceof GroupIdNotFoundException) {
        return Optional.empty();
      }
      throw KafkaErrors.failure(what, kafka, e.getCause());
    }
  }

  private <T> T answer(KafkaFuture<T> asked, String what) throws IOException, InterruptedException {
    return KafkaErrors.answer(asked, what, kafka);
  }

  @Override
  public void close() {
    admin.close(kafka.timeout());
  }
}
