package io.freshet.event;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * Limits of what counts as a good record.
 *
 * @param maxBytes size of a record's value at most
 * @param maxValues feature values (array elements included) at most
 * @param maxAhead how far a record's event time may be ahead of its Kafka timestamp
 */
public record EventSettings(int maxBytes, int maxValues, Duration maxAhead) {
  public static final EventSettings DEFAULT = new EventSettings(1 << 20, 1000, Duration.ofHours(1));

  public EventSettings {
    requireNonNull(maxAhead, "maxAhead");
  }
}
