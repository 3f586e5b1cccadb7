package io.freshet.model;

/** What a feature without a row counts as in a prediction. */
public enum UnknownRows {
  /** The row it would start with in training: predicts as the trainer does. */
  START,
  /** Nothing: w and v are 0. */
  ZERO
}
