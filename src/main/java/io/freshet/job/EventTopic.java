package io.freshet.job;

import static java.util.Objects.requireNonNull;

import java.util.Map;

/**
 * A topic to read events from.
 *
 * @param bootstrapServers {@code host:port}, several with commas between
 * @param groupId consumer group under which offsets are shown to Kafka's tools; the job itself goes
 *     by the offsets in its checkpoints
 * @param properties passed to the Kafka client as they are
 * @param bounded whether to end at what is the end of the topic at the start
 */
public record EventTopic(
    String bootstrapServers,
    String name,
    String groupId,
    Map<String, String> properties,
    boolean bounded) {

  public EventTopic {
    requireNonNull(bootstrapServers, "bootstrapServers");
    requireNonNull(name, "name");
    requireNonNull(groupId, "groupId");
    properties = Map.copyOf(properties);
  }
}
