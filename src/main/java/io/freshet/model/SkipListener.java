package io.freshet.model;

import io.freshet.feature.LabelledExample;

/** Is told of examples that were not learned, or not wholly, and why. */
public interface SkipListener {
  /** Tells nobody. */
  SkipListener NONE = (example, reason) -> {};

  void skipped(LabelledExample example, String reason);
}
