package io.freshet.feature.example;

import static java.util.Objects.requireNonNull;

/**
 * An example with its label, as the join hands it to the trainer.
 *
 * @param impressionId the impression it came from
 * @param time event time of the label's decision, epoch milliseconds; never behind the watermark
 * @param label 0 or 1 (fractions are allowed where a label is a weighted sum of actions); of a
 *     correction, by how much the label learned before was too small
 * @param weight importance weight of the impression, 1 unless the event says otherwise
 * @param kind what the label is, and so what is done with the example
 * @param laterShare share of the clicks that come only after a fake negative was emitted: 0 where
 *     none is, 1 where it is emitted at once
 * @param scored whether the prediction made for this example is the impression's, to be held
 *     against the final label
 * @param task by its place among those of the model: 0 for the first, or the only one
 */
public record LabeledExample(
    String impressionId,
    long time,
    float label,
    float weight,
    Example example,
    Kind kind,
    float laterShare,
    boolean scored,
    Origin origin,
    int task) {

  /** What the label of an example is, in the order of the state format: add at the end only. */
  public enum Kind {
    /** The final label of an impression of which nothing was emitted before. */
    DECIDED,
    /** A negative emitted before the label is known. */
    FAKE_NEGATIVE,
    /** The positive of an impression that may have been emitted as a negative before. */
    REINGESTED,
    /** Takes back a label that was learned, and learns the right one. */
    CORRECTION,
    /** No label: is predicted and not learned. */
    PREDICTION
  }

  /** Where an example comes from, in the order of the state format: add at the end only. */
  public enum Origin {
    LIVE,
    /** A recording, at its first pass. */
    RECORDED,
    /** A recording, at a later pass: it was learned before. */
    REPEATED
  }

  public LabeledExample {
    requireNonNull(impressionId, "impressionId");
    requireNonNull(example, "example");
    requireNonNull(kind, "kind");
    requireNonNull(origin, "origin");
  }

  /** An example of the first task. */
  public LabeledExample(
      String impressionId,
      long time,
      float label,
      float weight,
      Example example,
      Kind kind,
      float laterShare,
      boolean scored,
      Origin origin) {
    this(impressionId, time, label, weight, example, kind, laterShare, scored, origin, 0);
  }

  /** An example of the stream. */
  public LabeledExample(
      String impressionId,
      long time,
      float label,
      float weight,
      Example example,
      Kind kind,
      float laterShare,
      boolean scored) {
    this(impressionId, time, label, weight, example, kind, laterShare, scored, Origin.LIVE);
  }

  /** A final label. */
  public LabeledExample(
      String impressionId, long time, float label, float weight, Example example) {
    this(impressionId, time, label, weight, example, Kind.DECIDED, 0, false);
  }

  /** Whether it changes the model. */
  public boolean isLearned() {
    return kind != Kind.PREDICTION;
  }

  /**
   * Whether its label is one to hold a prediction against: a recording's is not, as its examples
   * may have been learned before.
   */
  public boolean isJudged() {
    return kind != Kind.PREDICTION && kind != Kind.CORRECTION && origin == Origin.LIVE;
  }

  public boolean isRepeated() {
    return origin == Origin.REPEATED;
  }

  /** Returns a copy whose prediction is the impression's own. */
  public LabeledExample asScored() {
    return new LabeledExample(
        impressionId, time, label, weight, example, kind, laterShare, true, origin, task);
  }

  /** Returns a copy that is predicted and not learned. */
  public LabeledExample asPrediction() {
    return new LabeledExample(
        impressionId, time, 0, weight, example, Kind.PREDICTION, 0, scored, origin, task);
  }

  /** Returns a copy that comes from a recording: its prediction is not held against a label. */
  public LabeledExample recorded(String id, Origin pass) {
    return new LabeledExample(
        id, time, label, weight, example, kind, laterShare, false, pass, task);
  }

  /** Returns a copy that is of another task. */
  public LabeledExample of(int otherTask) {
    return new LabeledExample(
        impressionId, time, label, weight, example, kind, laterShare, scored, origin, otherTask);
  }

  /** Returns a copy with another time. */
  public LabeledExample at(long other) {
    return new LabeledExample(
        impressionId, other, label, weight, example, kind, laterShare, scored, origin, task);
  }

  /** Returns a copy with other features. */
  public LabeledExample with(Example other) {
    return new LabeledExample(
        impressionId, time, label, weight, other, kind, laterShare, scored, origin, task);
  }
}
