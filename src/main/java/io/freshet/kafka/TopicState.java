package io.freshet.kafka;

import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;

/**
 * How a topic is.
 *
 * @param settings all of them, those by default too; empty where they may not be read
 * @param allowed what this client may do; empty where the broker does not say
 */
public record TopicState(
    String name,
    int partitions,
    int replicas,
    Map<String, String> settings,
    Set<AclOperation> allowed) {

  public TopicState {
    settings = Map.copyOf(settings);
    allowed = Set.copyOf(allowed);
  }

  /** A topic that this client may not see; it may as well be absent. */
  static TopicState hidden(String name) {
    return new TopicState(name, 0, 0, Map.of(), Set.of());
  }

  /** Whether this client may not see the topic, so that nothing else is known of it. */
  public boolean isHidden() {
    return partitions == 0;
  }

  public String setting(String key) {
    return settings.getOrDefault(key, key.equals("message.timestamp.type") ? "CreateTime" : "");
  }

  /** A setting that is a number; -1, no limit, where it is not known. */
  public long number(String key) {
    return Long.parseLong(settings.getOrDefault(key, "-1"));
  }

  /** Whether this client is known not to be allowed something. */
  public boolean forbids(AclOperation operation) {
    return !allowed.isEmpty()
        && !allowed.contains(operation)
        && !allowed.contains(AclOperation.ALL);
  }
}
