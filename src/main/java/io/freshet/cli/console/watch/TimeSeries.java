package io.freshet.cli.console.watch;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * A figure over time in bounded memory: when it is full, every second point goes and further points
 * come half as often, so that it always spans the whole time.
 */
final class TimeSeries {
  private final int most;
  private final List<Sample> samples = new ArrayList<>();
  private long pause; // milliseconds between two points at least

  record Sample(long time, double value) {}

  TimeSeries(int most, long pause) {
    this.most = most;
    this.pause = pause;
  }

  /** Adds a value; times ascend. */
  void add(long time, double value) {
    if (!samples.isEmpty() && time - samples.get(samples.size() - 1).time() < pause) {
      return;
    }
    samples.add(new Sample(time, value));
    if (samples.size() > most) {
      thin();
    }
  }

  private void thin() {
    List<Sample> kept = new ArrayList<>();
    for (int i = 0; i < samples.size(); i += 2) {
      kept.add(samples.get(i));
    }
    samples.clear();
    samples.addAll(kept);
    long span = samples.get(samples.size() - 1).time() - samples.get(0).time();
    pause = Math.max(2 * pause, span / samples.size());
  }

  List<Sample> samples() {
    return List.copyOf(samples);
  }

  /** Adds the columns {@code time} and {@code name} to an object. */
  static void write(List<Sample> samples, String name, ObjectNode to) {
    ArrayNode times = to.putArray("time");
    ArrayNode values = to.putArray(name);
    for (Sample sample : samples) {
      times.add(sample.time());
      values.add(sample.value());
    }
  }
}
