package io.freshet.join;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.time.Duration;

/**
 * Something that people do with what is shown: a click, a like, a purchase.
 *
 * @param name of the action, as in its records
 * @param topic the Kafka topic that holds them, alone or among others
 * @param window how long after what it joins to it counts, in event time
 * @param after the action that it joins to, as a conversion to its click; {@link #IMPRESSION} where
 *     it joins to the impression itself
 * @param idleness after how long without records a partition of the topic no longer holds back the
 *     watermark; zero for never
 */
public record Action(String name, String topic, Duration window, String after, Duration idleness)
    implements Serializable {
  public static final String IMPRESSION = "impression";

  public Action {
    requireNonNull(name, "name");
    requireNonNull(topic, "topic");
    requireNonNull(window, "window");
    requireNonNull(after, "after");
    requireNonNull(idleness, "idleness");
    if (name.isEmpty() || name.equals(IMPRESSION)) {
      throw new IllegalArgumentException("an action cannot be named \"" + name + "\"");
    }
    if (window.isNegative() || window.isZero() || idleness.isNegative()) {
      throw new IllegalArgumentException(
          "window %s of %s must be above 0, idleness %s 0 or more"
              .formatted(window, name, idleness));
    }
  }

  boolean joinsToImpression() {
    return after.equals(IMPRESSION);
  }
}
