package io.freshet.event;

import static java.util.Objects.requireNonNull;

/**
 * A click on an impression.
 *
 * @param impressionId the id of the impression that was clicked
 * @param timestamp event time, epoch milliseconds
 */
public record Click(String impressionId, long timestamp) {

  public Click {
    requireNonNull(impressionId, "impressionId");
  }
}
