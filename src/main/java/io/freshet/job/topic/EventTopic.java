package io.freshet.job.topic;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A topic to read events from.
 *
 * @param bootstrapServers {@code host:port}, several with commas between
 * @param groupId consumer group under which offsets are shown to Kafka's tools; the job itself goes
 *     by the offsets in its checkpoints
 * @param properties passed to the Kafka client as they are
 * @param bounded whether to end at what is the end of the topic at the start
 * @param since records with timestamps before it are left out; empty for none
 * @param acceptsAnother whether a topic that was created again is read on at the same offsets
 */
public record EventTopic(
    String bootstrapServers,
    String name,
    String groupId,
    Map<String, String> properties,
    boolean bounded,
    Optional<Instant> since,
    boolean acceptsAnother) {

  public EventTopic {
    requireNonNull(bootstrapServers, "bootstrapServers");
    requireNonNull(name, "name");
    requireNonNull(groupId, "groupId");
    properties = Map.copyOf(properties);
    requireNonNull(since, "since");
  }

  /** A topic from its beginning on. */
  public EventTopic(
      String bootstrapServers,
      String name,
      String groupId,
      Map<String, String> properties,
      boolean bounded) {
    this(bootstrapServers, name, groupId, properties, bounded, Optional.empty(), false);
  }

  /** The same from a time on; that of no record is before 1970. */
  public EventTopic since(Instant time) {
    Instant first = time.isBefore(Instant.EPOCH) ? Instant.EPOCH : time;
    return new EventTopic(
        bootstrapServers, name, groupId, properties, bounded, Optional.of(first), acceptsAnother);
  }

  /** The same, which may have been created again with the same offsets. */
  public EventTopic acceptingAnother(boolean accepts) {
    return new EventTopic(bootstrapServers, name, groupId, properties, bounded, since, accepts);
  }
}
