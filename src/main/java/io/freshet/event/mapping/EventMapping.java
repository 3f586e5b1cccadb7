package io.freshet.event.mapping;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;

/**
 * Where the parts of an event are in the records of a topic.
 *
 * @param isGiven whether a configuration says anything of it; otherwise records have the shape of
 *     {@code impression.schema.json} and {@code click.schema.json}
 * @param timestamp of no meaning where the unit is {@link TimestampUnit#KAFKA}
 * @param own the part that one kind has alone: the weight of an impression, the action's name
 * @param label of impressions that say their own
 */
public record EventMapping(
    boolean isGiven,
    ValuePath id,
    ValuePath timestamp,
    TimestampUnit unit,
    ValuePath own,
    InlineLabel label)
    implements Serializable {

  public EventMapping {
    requireNonNull(id, "id");
    requireNonNull(timestamp, "timestamp");
    requireNonNull(unit, "unit");
    requireNonNull(own, "own");
    requireNonNull(label, "label");
  }

  /** Returns a copy that counts as given. */
  public EventMapping asGiven() {
    return new EventMapping(true, id, timestamp, unit, own, label);
  }
}
