package io.freshet.config;

import static io.freshet.config.ValueParser.name;
import static io.freshet.config.ValueParser.servers;
import static io.freshet.config.ValueParser.verbatim;

import io.freshet.config.KafkaSettings.Topics;
import io.freshet.join.LabelDefinition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads {@code kafka}. */
final class KafkaReader {
  private static final List<String> TOPICS =
      List.of("impressions", "clicks", "dead-letters", "late-clicks", "metrics", "snapshots");

  /** Properties that are Freshet's to set, and what to do instead. */
  private static final Map<String, String> OURS =
      Map.of(
          "bootstrap.servers", "set kafka.bootstrap-servers",
          "group.id", "set kafka.group-id",
          "enable.auto.commit", "leave it out: offsets are committed with checkpoints",
          "key.deserializer", "leave it out",
          "value.deserializer", "leave it out",
          "key.serializer", "leave it out",
          "value.serializer", "leave it out");

  private KafkaReader() {}

  static KafkaSettings read(Section s, KafkaSettings d) {
    return new KafkaSettings(
        s.require("bootstrap-servers", servers()).orElse(d.bootstrapServers()),
        s.get("group-id", d.groupId(), name()),
        s.section("topics").as(d.topics(), KafkaReader::topics),
        properties(s.section("properties")));
  }

  private static Topics topics(Section s, Topics d) {
    Topics topics =
        new Topics(
            s.get("impressions", d.impressions(), name()),
            s.get("clicks", d.clicks(), name()),
            s.get("dead-letters", d.deadLetters(), name()),
            s.get("late-clicks", d.lateClicks(), name()),
            s.get("metrics", d.metrics(), name()),
            s.get("snapshots", d.snapshots(), name()));
    refuseSharedTopics(s, topics);
    return topics;
  }

  private static void refuseSharedTopics(Section s, Topics t) {
    List<String> names =
        List.of(
            t.impressions(),
            t.clicks(),
            t.deadLetters(),
            t.lateClicks(),
            t.metrics(),
            t.snapshots());
    Map<String, String> seen = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      String other = seen.putIfAbsent(names.get(i), TOPICS.get(i));
      if (other != null) {
        s.error(TOPICS.get(i), names.get(i) + " is the topic of " + other + " already");
      }
    }
  }

  /** The topic of examples holds nothing else. */
  static void refuseSharedTopics(
      Section section, ExampleSettings examples, LabelDefinition definition, Topics t) {
    List<String> others =
        List.of(t.impressions(), t.deadLetters(), t.lateClicks(), t.metrics(), t.snapshots());
    boolean shared =
        others.contains(examples.topic()) || definition.topics().contains(examples.topic());
    if (examples.to() == ExampleSettings.Target.TOPIC && shared) {
      section.error("topic", examples.topic() + " holds something else already");
    }
  }

  /** A topic of actions is none of those that hold something else. */
  static void refuseSharedTopics(Section join, LabelDefinition definition, Topics t) {
    Map<String, String> others =
        Map.of(
            t.impressions(), "impressions",
            t.deadLetters(), "dead-letters",
            t.lateClicks(), "late-clicks",
            t.metrics(), "metrics",
            t.snapshots(), "snapshots");
    for (String topic : definition.topics()) {
      if (others.containsKey(topic) && !topic.equals(t.clicks())) {
        join.error("actions", topic + " is the topic of " + others.get(topic) + " already");
      }
    }
  }

  private static Map<String, String> properties(Section s) {
    Map<String, String> properties = s.all(verbatim());
    properties.forEach(
        (key, value) -> {
          if (OURS.containsKey(key)) {
            s.error(key, "is not passed on: " + OURS.get(key));
          } else if (Secrets.isPublic(key)) {
            s.note(key, value);
          }
        });
    return properties;
  }
}
