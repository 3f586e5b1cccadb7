package io.freshet.evaluate.report;

/** Which predictions are held against which labels. */
public enum MetricsSeries {
  /** What the learner predicted just before it learned, against what it learned. */
  PROGRESSIVE("progressive"),
  /** What it predicted when the impression was shown, against the final label. */
  AT_IMPRESSION("at-impression");

  private final String text;

  MetricsSeries(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }
}
