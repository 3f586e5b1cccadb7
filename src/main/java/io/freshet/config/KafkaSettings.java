package io.freshet.config;

import static java.util.Objects.requireNonNull;

import io.freshet.kafka.KafkaClients;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/**
 * Where events come from and results go to.
 *
 * @param bootstrapServers {@code host:port}, several with commas between
 * @param groupId consumer group under which offsets are shown to Kafka's tools; the job itself goes
 *     by the offsets in its checkpoints
 * @param topics names of the topics
 * @param properties passed to every Kafka client as they are (TLS, SASL, …); they hold secrets, so
 *     {@link #toString} names only their keys
 * @param acceptsRecreated whether a topic that was created again since the state was taken is read
 *     on at the same offsets; it ends the job otherwise
 */
public record KafkaSettings(
    String bootstrapServers,
    String groupId,
    Topics topics,
    Map<String, String> properties,
    boolean acceptsRecreated) {

  public KafkaSettings {
    requireNonNull(bootstrapServers, "bootstrapServers");
    requireNonNull(groupId, "groupId");
    requireNonNull(topics, "topics");
    properties = Map.copyOf(properties);
  }

  /** With the default topics and no properties. */
  public static KafkaSettings of(String bootstrapServers, String groupId) {
    return new KafkaSettings(bootstrapServers, groupId, Topics.DEFAULT, Map.of(), false);
  }

  /** Clients of this cluster. */
  public KafkaClients clients() {
    return new KafkaClients(bootstrapServers, properties);
  }

  /** Whether records of aborted transactions are left out, and those of open ones waited for. */
  public boolean readsCommitted() {
    return properties
        .getOrDefault(ConsumerConfig.ISOLATION_LEVEL_CONFIG, KafkaClients.READ_COMMITTED)
        .equals(KafkaClients.READ_COMMITTED);
  }

  @Override
  public String toString() {
    return "KafkaSettings[bootstrapServers=%s, groupId=%s, topics=%s, properties=%s, acceptsRecreated=%s]"
        .formatted(
            bootstrapServers,
            groupId,
            topics,
            properties.keySet().stream().sorted().toList(),
            acceptsRecreated);
  }

  /**
   * Topic by what it holds.
   *
   * @param impressions read
   * @param clicks read
   * @param deadLetters written: records that are no impression or click, with the reason
   * @param lateClicks written: clicks that came after their window
   * @param metrics written: progressive validation, a record a window
   * @param snapshots written: an announcement of each snapshot
   */
  public record Topics(
      String impressions,
      String clicks,
      String deadLetters,
      String lateClicks,
      String metrics,
      String snapshots) {
    public static final Topics DEFAULT =
        new Topics("impressions", "clicks", "dead-letters", "late-clicks", "metrics", "snapshots");

    public Topics {
      requireNonNull(impressions, "impressions");
      requireNonNull(clicks, "clicks");
      requireNonNull(deadLetters, "deadLetters");
      requireNonNull(lateClicks, "lateClicks");
      requireNonNull(metrics, "metrics");
      requireNonNull(snapshots, "snapshots");
    }

    /** Each topic by the key of its option. */
    Map<String, String> byKey() {
      Map<String, String> topics = new LinkedHashMap<>();
      topics.put("impressions", impressions);
      topics.put("clicks", clicks);
      topics.put("dead-letters", deadLetters);
      topics.put("late-clicks", lateClicks);
      topics.put("metrics", metrics);
      topics.put("snapshots", snapshots);
      return topics;
    }
  }
}
