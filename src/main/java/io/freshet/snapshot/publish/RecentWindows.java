package io.freshet.snapshot.publish;

import io.freshet.snapshot.write.PublisherInput.Window;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * How well the examples of the last windows of event time were predicted, taken together: the
 * figures that the {@link Gate} judges by. While the windows hold too few clicks to judge by, older
 * ones of up to a day count with them. A window without positives has no calibration and does not
 * count in that of all.
 *
 * <p>Not thread-safe.
 */
final class RecentWindows {
  static final String EXAMPLES = "recent_examples";
  static final String EXAMPLES_BEFORE = "recent_examples_before";
  static final String LOGLOSS = "recent_logloss";
  static final String NE = "recent_ne";
  static final String NE_LIMIT = "recent_ne_limit";
  static final String CALIBRATION = "recent_calibration";

  private static final long OLDEST_MILLIS = Duration.ofDays(1).toMillis();

  private final int limit;
  private final Deque<Window> windows = new ArrayDeque<>();
  private Window older; // those before that still count, in one; null without any
  private double before; // examples of windows that no longer count

  /**
   * @param limit windows that count
   */
  RecentWindows(int limit) {
    this.limit = limit;
  }

  /** Goes on from windows and figures of a checkpoint. */
  void goOnFrom(List<Window> restored, Map<String, Double> figures) {
    restored.forEach(this::add);
    before = figures.getOrDefault(EXAMPLES_BEFORE, BaseRate.COLD_EXAMPLES);
  }

  void add(Window window) {
    windows.addLast(window);
    if (windows.size() > limit) {
      older = merged(older, windows.removeFirst());
    }
    if (older != null && (isEnough() || window.to() - older.to() > OLDEST_MILLIS)) {
      before += older.examples();
      older = null;
    }
  }

  private boolean isEnough() {
    double examples = windows.stream().mapToDouble(Window::examples).sum();
    double weight = windows.stream().mapToDouble(Window::weight).sum();
    double positives = windows.stream().mapToDouble(Window::positives).sum();
    return BaseRate.isEnough(examples, positives / weight);
  }

  /** Both in one, with the end of the first, by which it becomes too old. */
  private static Window merged(Window first, Window second) {
    if (first == null) {
      return second;
    }
    double weight = first.weight() + second.weight();
    double positives = first.positives() + second.positives();
    return new Window(
        first.to(),
        first.examples() + second.examples(),
        weight,
        positives,
        (losses(first) + losses(second)) / weight,
        (predicted(first) + predicted(second)) / positives);
  }

  /** Those that count, oldest first. */
  List<Window> all() {
    List<Window> all = new ArrayList<>(windows);
    if (older != null) {
      all.add(0, older);
    }
    return all;
  }

  /** Each figure that the windows define. */
  Map<String, Double> figures() {
    double examples = sum(Window::examples);
    double weight = sum(Window::weight);
    double rate = sum(Window::positives) / weight;
    double logloss = sum(RecentWindows::losses) / weight;
    Map<String, Double> figures = new HashMap<>();
    figures.put(EXAMPLES, examples);
    figures.put(EXAMPLES_BEFORE, before);
    figures.put(LOGLOSS, logloss);
    figures.put(NE, logloss / BaseRate.entropy(rate));
    figures.put(NE_LIMIT, BaseRate.neLimit(examples, rate, before));
    figures.put(CALIBRATION, sum(RecentWindows::predicted) / sum(Window::positives));
    figures.values().removeIf(value -> !Double.isFinite(value));
    return figures;
  }

  private static double losses(Window window) {
    return window.weight() == 0 ? 0 : window.weight() * window.logloss();
  }

  private static double predicted(Window window) {
    return window.positives() == 0 ? 0 : window.positives() * window.calibration();
  }

  private double sum(ToDoubleFunction<Window> figure) {
    return all().stream().mapToDouble(figure).sum();
  }
}
