package io.freshet.lab.bench.quality;

import io.freshet.evaluate.metric.MetricsAccumulator;
import io.freshet.evaluate.report.Metrics;
import java.util.Arrays;

/** The predictions of a stream, in its order, and the figures that follow from them. */
final class PredictedStream {
  private static final int WINDOWS = 10;

  private boolean[] clicked = new boolean[1 << 12];
  private float[] predictions = new float[1 << 12];
  private int size;

  void add(boolean click, float prediction) {
    if (size == predictions.length) {
      clicked = Arrays.copyOf(clicked, 2 * size);
      predictions = Arrays.copyOf(predictions, 2 * size);
    }
    clicked[size] = click;
    predictions[size++] = prediction;
  }

  int size() {
    return size;
  }

  /**
   * The figures.
   *
   * @param first examples that {@code rel} leaves out, but not more than half of them
   * @param skipped examples that the learner did not learn
   */
  QualityFigures figures(int first, long skipped) {
    Losses losses = new Losses(Math.min(first, size / 2));
    Metrics all = losses.metrics.metrics();
    return new QualityFigures(
        size,
        all.auc(),
        losses.model[size] / size,
        all.ctr() > 0 && all.ctr() < 1
            ? losses.model[size] / size / MetricsAccumulator.loss(all.ctr(), all.ctr())
            : Double.NaN,
        losses.rel(losses.from, size),
        losses.worst(),
        losses.predicted / losses.clicks,
        losses.model[size]
            - losses.model[losses.from]
            - losses.base[size]
            + losses.base[losses.from],
        losses.base[size] / size,
        skipped + losses.metrics.invalid());
  }

  /** Losses of the model and of the base rate, each the sum of those of the examples before. */
  private final class Losses {
    private final MetricsAccumulator metrics = new MetricsAccumulator();
    private final double[] model = new double[size + 1];
    private final double[] base = new double[size + 1];
    private final int from;
    private double predicted; // from there on, as clicks
    private double clicks;

    Losses(int from) {
      this.from = from;
      int seen = 0; // clicks
      for (int i = 0; i < size; i++) {
        double label = clicked[i] ? 1 : 0;
        metrics.add(0, label, 1, predictions[i]);
        model[i + 1] = model[i] + loss(label, predictions[i]);
        base[i + 1] = base[i] + loss(label, (seen + .5) / (i + 1));
        seen += clicked[i] ? 1 : 0;
        if (i >= from) {
          predicted += predictions[i];
          clicks += label;
        }
      }
    }

    /** What is no probability costs as much as the worst that is one. */
    private static double loss(double label, double prediction) {
      return prediction >= 0 && prediction <= 1
          ? MetricsAccumulator.loss(label, prediction)
          : -Math.log(Metrics.P_MIN);
    }

    double rel(int start, int end) {
      return (model[end] - model[start]) / (base[end] - base[start]);
    }

    double worst() {
      double worst = 0;
      for (int window = 0; window < WINDOWS; window++) {
        int start = bound(window);
        int end = bound(window + 1);
        if (end > start) {
          worst = Math.max(worst, rel(start, end));
        }
      }
      return worst;
    }

    private int bound(int window) {
      return from + (int) ((long) (size - from) * window / WINDOWS);
    }
  }
}
