package io.freshet.lab.bench.measure;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** The median over rounds or requests. */
public final class Medians {
  private Medians() {}

  public static <T> double of(List<T> rounds, ToDoubleFunction<T> figure) {
    double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
