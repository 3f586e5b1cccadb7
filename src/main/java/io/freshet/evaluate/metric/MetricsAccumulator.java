package io.freshet.evaluate.metric;

import io.freshet.evaluate.report.Decile;
import io.freshet.evaluate.report.Metrics;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;

/**
 * Sums of predicted examples from which {@link Metrics} follow; two of them add up to the sums of
 * both.
 *
 * <p>Labels may be fractions: an example of label y counts as y of a positive and 1 - y of a
 * negative. An example whose prediction or label is not in 0 … 1, or whose weight is negative or
 * not finite, is counted as invalid and otherwise left out.
 */
public final class MetricsAccumulator {
  private static final int SMALL_BINS = 1 << 11;

  private final LogitHistogram histogram;
  private long first = Long.MAX_VALUE;
  private long last = Long.MIN_VALUE;
  private long examples;
  private long invalid;
  private double weights;
  private double labels;
  private double predictions;
  private double losses;

  public MetricsAccumulator() {
    this(new LogitHistogram());
  }

  /** Sums that take less memory, for a coarser AUC. */
  static MetricsAccumulator small() {
    return new MetricsAccumulator(new LogitHistogram(SMALL_BINS));
  }

  private MetricsAccumulator(LogitHistogram histogram) {
    this.histogram = histogram;
  }

  public void add(long time, double label, double weight, float probability) {
    if (!isValid(label, weight, probability)) {
      invalid++;
      return;
    }
    first = Math.min(first, time);
    last = Math.max(last, time);
    examples++;
    weights += weight;
    labels += weight * label;
    predictions += weight * probability;
    losses += weight * loss(label, probability);
    histogram.add(probability, weight * label, weight * (1 - label));
  }

  public void add(MetricsAccumulator other) {
    first = Math.min(first, other.first);
    last = Math.max(last, other.last);
    examples += other.examples;
    invalid += other.invalid;
    weights += other.weights;
    labels += other.labels;
    predictions += other.predictions;
    losses += other.losses;
    histogram.add(other.histogram);
  }

  /** The metrics over the span of the examples' own times. */
  public Metrics metrics() {
    return examples == 0 ? Metrics.NONE : metrics(first, last + 1);
  }

  public Metrics metrics(long from, long to) {
    double ctr = labels / weights;
    double logloss = losses / weights;
    double entropy = loss(ctr, ctr);
    return new Metrics(
        from,
        to,
        examples,
        labels,
        ctr,
        logloss,
        histogram.auc(),
        ctr > 0 && ctr < 1 ? logloss / entropy : Double.NaN,
        labels > 0 ? predictions / labels : Double.NaN);
  }

  public long examples() {
    return examples;
  }

  /** Examples left out because they hold no probability, label or weight. */
  public long invalid() {
    return invalid;
  }

  /** Prediction and truth by tenths of the examples. */
  public List<Decile> deciles() {
    return histogram.deciles();
  }

  /** How far the AUC can be from the exact one; see {@link LogitHistogram}. */
  public double aucErrorBound() {
    return histogram.errorBound();
  }

  public void write(DataOutput out) throws IOException {
    out.writeLong(first);
    out.writeLong(last);
    out.writeLong(examples);
    out.writeLong(invalid);
    out.writeDouble(weights);
    out.writeDouble(labels);
    out.writeDouble(predictions);
    out.writeDouble(losses);
    histogram.write(out);
  }

  public static MetricsAccumulator read(DataInput in) throws IOException {
    return read(in, LogitHistogram.MAX_BINS);
  }

  static MetricsAccumulator readSmall(DataInput in) throws IOException {
    return read(in, SMALL_BINS);
  }

  private static MetricsAccumulator read(DataInput in, int maxBins) throws IOException {
    long[] counts = {in.readLong(), in.readLong(), in.readLong(), in.readLong()};
    double[] sums = {in.readDouble(), in.readDouble(), in.readDouble(), in.readDouble()};
    MetricsAccumulator read = new MetricsAccumulator(LogitHistogram.read(in, maxBins));
    read.first = counts[0];
    read.last = counts[1];
    read.examples = counts[2];
    read.invalid = counts[3];
    read.weights = sums[0];
    read.labels = sums[1];
    read.predictions = sums[2];
    read.losses = sums[3];
    return read;
  }

  public static boolean isValid(double label, double weight, float probability) {
    return isShare(label) && isShare(probability) && weight >= 0 && weight < Double.MAX_VALUE;
  }

  private static boolean isShare(double x) {
    return x >= 0 && x <= 1;
  }

  public static double loss(double label, double probability) {
    double p = Math.min(1 - Metrics.P_MIN, Math.max(Metrics.P_MIN, probability));
    return -label * Math.log(p) - (1 - label) * Math.log1p(-p);
  }
}
