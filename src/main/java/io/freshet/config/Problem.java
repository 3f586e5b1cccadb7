package io.freshet.config;

/**
 * Something wrong, or doubtful, in the configuration.
 *
 * @param key the whole key, as {@code train.batch-size}; empty when it concerns no key
 */
record Problem(Place place, String key, String text) {

  /** One line: {@code learner.yaml:12:5: train.batch-size: 0 is not …}. */
  @Override
  public String toString() {
    boolean said = key.isEmpty() || place.isOption() && place.source().endsWith(" " + key);
    return place + ": " + (said ? "" : key + ": ") + text;
  }
}
