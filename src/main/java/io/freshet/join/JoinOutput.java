package io.freshet.join;

import io.freshet.event.Click;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;

/** Where the join's decisions go. */
public interface JoinOutput {
  /** An example for the learner; its time may still be behind the watermark. */
  void example(LabeledExample example);

  /** A click that counts for its impression; both times in epoch milliseconds. */
  default void joined(long shown, long clicked) {}

  /**
   * An action that counts for its impression, to be part of the user's history.
   *
   * @param time epoch milliseconds; not before the impression's
   */
  default void acted(String id, Example example, String action, long time) {}

  /** A click that came too late, or without an impression. */
  void lateClick(Click click);

  /** The final label of an impression that is scored. */
  void finalLabel(FinalLabel label);
}
