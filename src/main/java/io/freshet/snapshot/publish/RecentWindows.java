package io.freshet.snapshot.publish;

import io.freshet.snapshot.write.PublisherInput;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * How well the examples of the last windows of event time were predicted, taken together: the
 * figures that the {@link Gate} judges by. A window without positives has no calibration and does
 * not count in that of all.
 *
 * <p>Not thread-safe.
 */
final class RecentWindows {
  static final String EXAMPLES = "recent_examples";
  static final String LOGLOSS = "recent_logloss";
  static final String NE = "recent_ne";
  static final String CALIBRATION = "recent_calibration";

  private final int limit;
  private final Deque<PublisherInput.Window> windows = new ArrayDeque<>();

  /**
   * @param limit windows that count
   */
  RecentWindows(int limit) {
    this.limit = limit;
  }

  void add(PublisherInput.Window window) {
    windows.addLast(window);
    if (windows.size() > limit) {
      windows.removeFirst();
    }
  }

  /** Those that count, oldest first. */
  List<PublisherInput.Window> all() {
    return List.copyOf(windows);
  }

  /** Each figure that the windows define. */
  Map<String, Double> figures() {
    double weight = sum(PublisherInput.Window::weight);
    double positives = sum(PublisherInput.Window::positives);
    double logloss = sum(w -> w.weight() == 0 ? 0 : w.weight() * w.logloss()) / weight;
    double predicted = sum(w -> w.positives() == 0 ? 0 : w.positives() * w.calibration());
    Map<String, Double> figures = new HashMap<>();
    figures.put(EXAMPLES, sum(PublisherInput.Window::examples));
    figures.put(LOGLOSS, logloss);
    figures.put(NE, logloss / entropy(positives / weight));
    figures.put(CALIBRATION, predicted / positives);
    figures.values().removeIf(value -> !Double.isFinite(value));
    return figures;
  }

  private double sum(ToDoubleFunction<PublisherInput.Window> figure) {
    return windows.stream().mapToDouble(figure).sum();
  }

  private static double entropy(double rate) {
    return -rate * Math.log(rate) - (1 - rate) * Math.log(1 - rate);
  }
}
