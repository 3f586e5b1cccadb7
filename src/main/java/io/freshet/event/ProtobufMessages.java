package io.freshet.event;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;

/**
 * Which messages Protobuf records are, where a file says it, and no registry.
 *
 * @param descriptor URI of a descriptor set; empty for none
 * @param impression name of the message of impressions, with or without its package
 * @param click name of that of clicks and other actions
 */
public record ProtobufMessages(String descriptor, String impression, String click)
    implements Serializable {
  public static final ProtobufMessages NONE = new ProtobufMessages("", "", "");

  public ProtobufMessages {
    requireNonNull(descriptor, "descriptor");
    requireNonNull(impression, "impression");
    requireNonNull(click, "click");
  }

  /** Returns a copy with another message of actions. */
  ProtobufMessages withClick(String message) {
    return new ProtobufMessages(descriptor, impression, message);
  }
}
