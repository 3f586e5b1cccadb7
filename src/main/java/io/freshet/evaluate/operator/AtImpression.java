package io.freshet.evaluate.operator;

/** One half of an impression's score. */
public sealed interface AtImpression {
  /** Of the impression. */
  long key();

  /** What was predicted when it was shown. */
  record Predicted(long key, float probability) implements AtImpression {}

  /** Its final label, decided at a time, and its importance weight. */
  record Labeled(long key, long time, float label, float weight) implements AtImpression {}
}
