package io.freshet.event;

import static java.util.Objects.requireNonNull;

import io.freshet.event.mapping.EventMapping;
import java.io.Serializable;

/**
 * How a topic of actions is written that differs from the others.
 *
 * @param message name of its Protobuf message, where a descriptor is given; empty for that of the
 *     others
 */
public record ActionTopic(String topic, EventFormat format, String message, EventMapping mapping)
    implements Serializable {
  public ActionTopic {
    requireNonNull(topic, "topic");
    requireNonNull(format, "format");
    requireNonNull(message, "message");
    requireNonNull(mapping, "mapping");
  }

  /** Returns a copy in another format. */
  ActionTopic in(EventFormat other) {
    return new ActionTopic(topic, other, message, mapping);
  }
}
