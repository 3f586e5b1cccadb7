package io.freshet.join.policy;

import io.freshet.feature.example.LabeledExample;
import io.freshet.join.JoinEntry;
import io.freshet.join.JoinEntry.Waiting;
import io.freshet.join.JoinOutput;

/**
 * Which examples of an impression go to the learner, and when. A policy emits to the {@link
 * JoinOutput} and keeps nothing of any impression: what it has to remember is in the {@link
 * Waiting} it returns.
 */
public interface WaitingPolicy {

  /** When an example is due before the label is final; the end of time if none is. */
  long due(Waiting impression);

  /** The impression has come. */
  Waiting opened(String id, Waiting impression);

  /** Emits what is due before the label is final. */
  Waiting emitted(String id, Waiting impression);

  /**
   * The label is final.
   *
   * @param clicked when the action happened that decided it; the end of the window where none did
   */
  void decided(String id, Waiting impression, float label, long clicked);

  /**
   * A click after the window makes a label too small that was learned.
   *
   * @param before the label that was learned
   * @param missing by how much it is too small
   */
  void corrected(
      String id, JoinEntry.Features impression, float before, float missing, long clicked);

  /** An impression's own prediction, without a label. */
  static LabeledExample prediction(String id, Waiting impression) {
    return new LabeledExample(
        id,
        impression.timestamp(),
        0,
        impression.weight(),
        impression.example(),
        LabeledExample.Kind.PREDICTION,
        0,
        true);
  }
}
