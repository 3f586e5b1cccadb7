package io.freshet.feature.example;

/**
 * When an impression is emitted to the learner, and with which label before the final one is known.
 */
public enum LabelPolicy {
  /** The label, once it is final: a positive at the click, a negative at the window's end. */
  WAIT,
  /** The label, once the window has ended, whichever it is. */
  FULL_WAIT,
  /**
   * A negative at once, a positive at the click; weights make up for the negatives that were none.
   */
  FAKE_NEGATIVE_WEIGHTED,
  /** The same without weights; what is predicted is corrected instead. */
  FAKE_NEGATIVE_CALIBRATION,
  /**
   * A positive if a click comes within a short wait, else a negative, and a positive at the click.
   */
  SHORT_WAIT;

  /** Whether an impression may be emitted as a negative before its window has ended. */
  public boolean fakesNegatives() {
    return this != WAIT && this != FULL_WAIT;
  }
}
