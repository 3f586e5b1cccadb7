package io.freshet.lab.report.plot;

import java.util.ArrayList;
import java.util.List;

/** A mark on an axis. */
record Tick(double value, String label) {

  /**
   * Round numbers, in steps of 1, 2 or 5 times a power of ten, that cover {@code low} to {@code
   * high}.
   *
   * @param most steps at most, two or more
   */
  static List<Tick> numbers(double low, double high, int most) {
    double step = roundStep((high - low) / (most - 1));
    int decimals = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    List<Tick> ticks = new ArrayList<>();
    long first = (long) Math.floor(low / step + 1e-9);
    long last = (long) Math.ceil(high / step - 1e-9);
    for (long i = first; i <= last; i++) {
      ticks.add(new Tick(i * step, Numbers.decimal(i * step, decimals)));
    }
    return ticks;
  }

  private static double roundStep(double least) {
    double power = Math.pow(10, Math.floor(Math.log10(least)));
    for (double factor : new double[] {1, 2, 5}) {
      if (factor * power >= least * (1 - 1e-9)) {
        return factor * power;
      }
    }
    return 10 * power;
  }
}
