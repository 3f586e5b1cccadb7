package io.freshet.cli.topics;

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

  String setting(String key) {
    return settings.getOrDefault(key, key.equals("message.timestamp.type") ? "CreateTime" : "");
  }

  /** A setting that is a number; -1, no limit, where it is not known. */
  long number(String key) {
    return Long.parseLong(settings.getOrDefault(key, "-1"));
  }

  /** Whether this client is known not to be allowed something. */
  public boolean forbids(AclOperation operation) {
    return !allowed.isEmpty()
        && !allowed.contains(operation)
        && !allowed.contains(AclOperation.ALL);
  }
}
