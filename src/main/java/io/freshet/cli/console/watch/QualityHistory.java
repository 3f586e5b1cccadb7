package io.freshet.cli.console.watch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.cli.console.source.BestPossible;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Progressive validation of one model: the last {@value #MOST_WINDOWS} windows, the totals since
 * start, and the speed of learning.
 *
 * <p>A later report of a window replaces the earlier one. Speed comes from the totals of two
 * reports that Kafka received at least a second apart.
 */
final class QualityHistory {
  static final int MOST_WINDOWS = 3000;

  /** Most points of a curve: about one for each pixel or two of its drawing. */
  static final int MOST_POINTS = 400;

  private static final int LEAST_MILLIS = 1000;
  private static final BestPossible.Best NO_BEST = new BestPossible.Best(Double.NaN, Double.NaN);

  private final BestPossible reach;
  private final NavigableMap<Long, Window> windows = new TreeMap<>();
  private final TimeSeries speed = new TimeSeries(MOST_POINTS, 0);
  private JsonNode sinceStart = JsonNodeFactory.instance.nullNode();
  private long written; // when Kafka took the newest report
  private long measuredAt;
  private long measuredExamples = -1; // none yet

  QualityHistory(BestPossible reach) {
    this.reach = reach;
  }

  private record Window(long from, long to, double examples, double[] figures) {}

  private static final List<String> FIGURES =
      List.of("logloss", "auc", "ne", "calibration", "best_logloss", "best_auc", "best_ne");

  /** Adds a report that Kafka received at a time, epoch milliseconds. */
  void add(JsonNode report, long time) {
    JsonNode json = report.path("window");
    Window window = window(json);
    windows.put(window.from(), window);
    if (windows.size() > MOST_WINDOWS) {
      windows.pollFirstEntry();
    }
    sinceStart = report.path("since_start");
    written = time;
    measure(sinceStart.path("examples").asLong(), time);
  }

  private void measure(long examples, long time) {
    long millis = time - measuredAt;
    boolean goesOn = measuredExamples >= 0 && examples >= measuredExamples && millis >= 0;
    if (goesOn && millis < LEAST_MILLIS) {
      return;
    }
    if (goesOn) {
      speed.add(time, (examples - measuredExamples) * 1000.0 / millis);
    }
    measuredAt = time; // where it does not: a job that went back to a checkpoint, or a new one
    measuredExamples = examples;
  }

  private Window window(JsonNode json) {
    long from = json.path("from").asLong();
    long to = json.path("to").asLong();
    double logloss = figure(json, "logloss");
    double ne = figure(json, "ne");
    long examples = json.path("examples").asLong();
    BestPossible.Best best = reach.best(from, to, examples).orElse(NO_BEST);
    double[] figures = {
      logloss,
      figure(json, "auc"),
      ne,
      figure(json, "calibration"),
      best.logloss(),
      best.auc(),
      best.logloss() * ne / logloss // by the same entropy of the mean label
    };
    return new Window(from, to, examples, figures);
  }

  private static double figure(JsonNode json, String name) {
    return json.path(name).asDouble(Double.NaN); // null where it is not defined
  }

  /** The curves as columns, neighbors joined where there are many, and the totals. */
  ObjectNode toJson(String model) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("model", model);
    json.put("written", written);
    json.set("since_start", sinceStart);
    int joined = (windows.size() + MOST_POINTS - 1) / MOST_POINTS;
    json.put("joined", joined);
    json.put("windows", windows.size());
    json.put("dropped_before", windows.size() == MOST_WINDOWS);
    writeWindows(joined(Math.max(1, joined)), json.putObject("curves"));
    TimeSeries.write(speed.samples(), "examples_per_second", json.putObject("speed"));
    return json;
  }

  private List<Window> joined(int neighbors) {
    List<Window> all = List.copyOf(windows.values());
    List<Window> joined = new ArrayList<>();
    for (int i = 0; i < all.size(); i += neighbors) {
      joined.add(mean(all.subList(i, Math.min(all.size(), i + neighbors))));
    }
    return joined;
  }

  /** The mean of each figure, weighted by examples. */
  private static Window mean(List<Window> windows) {
    double[] sums = new double[FIGURES.size()];
    double[] weights = new double[FIGURES.size()];
    double examples = 0;
    for (Window window : windows) {
      examples += window.examples();
      for (int i = 0; i < sums.length; i++) {
        if (Double.isFinite(window.figures()[i])) {
          sums[i] += window.examples() * window.figures()[i];
          weights[i] += window.examples();
        }
      }
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] /= weights[i];
    }
    Window last = windows.get(windows.size() - 1);
    return windows.size() == 1
        ? last
        : new Window(windows.get(0).from(), last.to(), examples, sums);
  }

  private static void writeWindows(List<Window> windows, ObjectNode to) {
    ArrayNode from = to.putArray("from");
    ArrayNode end = to.putArray("to");
    ArrayNode examples = to.putArray("examples");
    for (Window window : windows) {
      from.add(window.from());
      end.add(window.to());
      examples.add(window.examples());
    }
    for (int i = 0; i < FIGURES.size(); i++) {
      ArrayNode column = to.putArray(FIGURES.get(i));
      for (Window window : windows) {
        add(window.figures()[i], column);
      }
    }
  }

  private static void add(double value, ArrayNode to) {
    if (Double.isFinite(value)) {
      to.add(value);
    } else {
      to.addNull();
    }
  }
}
