package io.freshet.event;

import static java.util.Objects.requireNonNull;

/**
 * What somebody did with what was shown: a click, or another action.
 *
 * @param impressionId the id of the impression that was acted on
 * @param timestamp event time, epoch milliseconds
 * @param action which action; {@link #CLICK} where records do not say
 */
public record Click(String impressionId, long timestamp, String action) {
  public static final String CLICK = "click";

  public Click {
    requireNonNull(impressionId, "impressionId");
    requireNonNull(action, "action");
  }

  public Click(String impressionId, long timestamp) {
    this(impressionId, timestamp, CLICK);
  }
}
