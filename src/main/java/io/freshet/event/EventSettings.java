package io.freshet.event;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.time.Duration;

/**
 * Limits of what counts as a good record.
 *
 * @param maxBytes size of a record's value at most
 * @param maxValues feature values (array elements included) at most
 * @param maxAhead how far a record's event time may be ahead of its Kafka timestamp
 */
public record EventSettings(int maxBytes, int maxValues, Duration maxAhead)
    implements Serializable {
  public static final EventSettings DEFAULT = new EventSettings(1 << 20, 1000, Duration.ofHours(1));

  public EventSettings {
    requireNonNull(maxAhead, "maxAhead");
    if (maxBytes < 1 || maxValues < 1 || maxAhead.isNegative()) {
      throw new IllegalArgumentException(
          "maxBytes %d and maxValues %d must be at least 1, maxAhead %s not negative"
              .formatted(maxBytes, maxValues, maxAhead));
    }
  }
}
