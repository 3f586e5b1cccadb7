package io.freshet.model.learn;

import io.freshet.feature.example.LabeledExample;

/** Is told of examples that were not learned, or not wholly, and why. */
public interface SkipListener {
  /** Tells nobody. */
  SkipListener NONE = (example, reason) -> {};

  void skipped(LabeledExample example, String reason);
}
