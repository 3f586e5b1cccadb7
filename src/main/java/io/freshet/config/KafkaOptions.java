package io.freshet.config;

import static io.freshet.config.option.ValueType.name;
import static io.freshet.config.option.ValueType.oneOf;
import static io.freshet.config.option.ValueType.secret;
import static io.freshet.config.option.ValueType.servers;

import io.freshet.config.KafkaSettings.Topics;
import io.freshet.config.option.References;
import io.freshet.config.option.Section;
import io.freshet.kafka.PropertyReferences;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;

/** The options of the section {@code kafka}. */
final class KafkaOptions {
  /** Properties that are Freshet's to set, and what to do instead. */
  private static final Map<String, String> REFUSED =
      Map.of(
          "bootstrap.servers", "set kafka.bootstrap-servers",
          "group.id", "set kafka.group-id",
          "enable.auto.commit", "leave it out: offsets are committed with checkpoints",
          "key.deserializer", "leave it out",
          "value.deserializer", "leave it out",
          "key.serializer", "leave it out",
          "value.serializer", "leave it out");

  private static final List<ConfigDef> CLIENTS =
      List.of(
          AdminClientConfig.configDef(), ConsumerConfig.configDef(), ProducerConfig.configDef());

  /** Read by Flink's connector, and not by a client that would replace references. */
  private static final String DISCOVERY = "partition.discovery.interval.ms";

  private KafkaOptions() {}

  static KafkaSettings read(Section s, String groupId) {
    return new KafkaSettings(
        s.option("bootstrap-servers", "host:port of brokers, separated by commas.")
            .require(servers())
            .orElse("localhost:9092"),
        s.option("group-id", "Consumer group of the offsets; `freshet-<name>` by default.")
            .derived(name(), groupId),
        s.section("topics", KafkaOptions::topics, "Name of each topic; all different."),
        properties(s),
        s.option(
                    "recreated-topics",
                    "What an event topic does that was created again since the state was taken:"
                        + " refuse ends the job, accept reads on at the same offsets, as suits a"
                        + " copy that keeps them.")
                .get(oneOf(Recreated.class), Recreated.REFUSE)
            == Recreated.ACCEPT);
  }

  private enum Recreated {
    REFUSE,
    ACCEPT
  }

  private static Topics topics(Section s) {
    Topics topics =
        new Topics(
            s.option("impressions", "Read: what was shown.").get(name(), "impressions"),
            s.option("clicks", "Read: what was clicked.").get(name(), "clicks"),
            s.option("dead-letters", "Written: invalid records, with the reason.")
                .get(name(), "dead-letters"),
            s.option("late-clicks", "Written: clicks that came after their window.")
                .get(name(), "late-clicks"),
            s.option("metrics", "Written: progressive validation, one record for each window.")
                .get(name(), "metrics"),
            s.option("snapshots", "Written: an announcement of each snapshot.")
                .get(name(), "snapshots"));
    Map<String, String> seen = new LinkedHashMap<>();
    topics
        .byKey()
        .forEach(
            (key, topic) -> {
              String other = seen.putIfAbsent(topic, key);
              if (other != null) {
                s.error(key, topic + " is already the topic of " + other);
              }
            });
    return topics;
  }

  private static Map<String, String> properties(Section s) {
    Map<String, String> properties =
        s.entries(
            "properties",
            secret("a single value", value -> true),
            REFUSED,
            "Properties passed to every Kafka client as they are: TLS, SASL and so on. Messages and"
                + " logs never show their values.");
    Map<String, String> shown = new LinkedHashMap<>(properties);
    shown.replaceAll((key, value) -> isPublic(key) ? value : References.shown(value));
    s.note("properties", shown);
    if (PropertyReferences.areIn(properties)) {
      properties.forEach(
          (key, value) ->
              References.problem(value).ifPresent(wrong -> s.error("properties." + key, wrong)));
    }
    if (References.any(properties.getOrDefault(DISCOVERY, ""))) {
      s.error(
          "properties." + DISCOVERY, "a reference is not looked up here; expected milliseconds");
    }
    return properties;
  }

  /** Whether Kafka's clients know the property, and not as a password. */
  private static boolean isPublic(String property) {
    List<ConfigDef.Type> types =
        CLIENTS.stream()
            .map(client -> client.configKeys().get(property))
            .filter(Objects::nonNull)
            .map(key -> key.type)
            .toList();
    return !types.isEmpty() && !types.contains(ConfigDef.Type.PASSWORD);
  }
}
