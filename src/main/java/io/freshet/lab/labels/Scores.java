package io.freshet.lab.labels;

import io.freshet.evaluate.metric.MetricsAccumulator;
import io.freshet.evaluate.report.Metrics;
import io.freshet.lab.labels.LabelTraffic.Secret;

/** Predictions of impression time, compared with final labels and with the truth. */
public final class Scores {
  private final MetricsAccumulator labels = new MetricsAccumulator();
  private double predicted;
  private double actual;
  private double losses;
  private double bestLosses;

  public void add(Secret secret, float probability) {
    labels.add(0, secret.clicked() ? 1 : 0, 1, probability);
    predicted += probability;
    actual += secret.probability();
    losses += loss(secret.probability(), probability);
    bestLosses += loss(secret.probability(), secret.probability());
  }

  public Metrics metrics() {
    return labels.metrics();
  }

  /** Sum of the predictions, divided by the sum of the true probabilities. */
  double calibration() {
    return predicted / actual;
  }

  /** Expected logloss, less that of the true probabilities. */
  public double excess() {
    return (losses - bestLosses) / labels.examples();
  }

  /**
   * The share of what a better one learns: 0 for the click rate alone, 1 for the better one. By
   * expected loglosses, so without the noise of the labels.
   */
  double shareOf(Scores better) {
    double rate = actual / labels.examples();
    double ignorant = loss(rate, rate) * labels.examples();
    return (ignorant - losses) / (ignorant - better.losses);
  }

  private static double loss(double p, double f) {
    double held = Math.min(1 - Metrics.P_MIN, Math.max(Metrics.P_MIN, f));
    return -p * Math.log(held) - (1 - p) * Math.log1p(-held);
  }
}
