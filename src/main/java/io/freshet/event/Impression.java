package io.freshet.event;

import static java.util.Objects.requireNonNull;

/**
 * One decoded impression: what was shown to whom, before anyone knows whether it was clicked.
 *
 * @param id the impression's id, which its clicks name
 * @param timestamp event time, epoch milliseconds
 * @param weight importance weight, 1 unless the event says otherwise
 * @param features the raw feature values
 */
public record Impression(String id, long timestamp, float weight, FeatureValues features) {

  public Impression {
    requireNonNull(id, "id");
    requireNonNull(features, "features");
  }
}
