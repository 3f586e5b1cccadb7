package io.freshet.evaluate.report;

/**
 * How well examples were predicted before they were learned, over a span of event time.
 *
 * <p>Every mean is weighted by the examples' importance weights. A figure that the examples do not
 * define is NaN: all of them without examples, the AUC when all labels are alike, and so on.
 *
 * @param from start of the span, epoch milliseconds: of the window, or the first example's time
 * @param to end of the span, exclusive
 * @param examples number of examples
 * @param positives sum of weight × label: the number of clicks when all weights are 1
 * @param ctr mean label
 * @param logloss mean of {@code -y ln p - (1 - y) ln(1 - p)}, with p held to {@link #P_MIN} … 1 -
 *     {@link #P_MIN}, so that one certain mistake costs 16.1 and not infinity
 * @param auc probability that a positive is predicted above a negative, ties counting half
 * @param ne normalized entropy: logloss divided by that of always predicting the mean label (He et
 *     al. 2014); below 1 is better than knowing the CTR alone
 * @param calibration mean prediction divided by the mean label
 */
public record Metrics(
    long from,
    long to,
    long examples,
    double positives,
    double ctr,
    double logloss,
    double auc,
    double ne,
    double calibration) {

  /** Where probabilities are clamped for the logloss. */
  public static final double P_MIN = 1e-7;

  public static final Metrics NONE =
      new Metrics(0, 0, 0, 0, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
}
