package io.freshet.model.learn;

import io.freshet.feature.example.LabeledExample;

/** Receives examples that were not learned, or not entirely, and why. */
public interface SkipListener {
  SkipListener NONE = (example, reason) -> {};

  void skipped(LabeledExample example, String reason);
}
