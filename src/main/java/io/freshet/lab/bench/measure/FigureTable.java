package io.freshet.lab.bench.measure;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * What a benchmark found, as it finds it: a table, a line a figure; or at the end one JSON object,
 * the first figure with all of them in {@code figures}.
 */
public final class FigureTable {
  private final PrintWriter out;
  private final boolean asJson;
  private final List<Figure> all = new ArrayList<>();

  public FigureTable(PrintWriter out, boolean asJson) {
    this.out = out;
    this.asJson = asJson;
    if (!asJson) {
      out.printf(
          "%-34s %5s %5s %9s %11s %10s %11s %6s %9s%n",
          "",
          "batch",
          "step",
          "in flight",
          "parallelism",
          "examples/s",
          "roofline/s",
          "ratio",
          "CPU ratio");
      out.flush();
    }
  }

  public void add(Figure figure) {
    all.add(figure);
    if (!asJson) {
      Workload workload = figure.workload();
      out.printf(
          "%-34s %5d %5d %9d %11d %,10.0f %,11.0f %6.2f %9.2f%n",
          figure.what(),
          workload.batchSize(),
          workload.stepSize(),
          workload.inFlight(),
          figure.parallelism(),
          figure.examplesPerSecond(),
          figure.roofline(),
          figure.ratio(),
          figure.cpuRatio());
      out.flush();
    }
  }

  public void end() {
    if (asJson) {
      ObjectNode json = all.get(0).json();
      ArrayNode figures = json.putArray("figures");
      all.forEach(figure -> figures.add(figure.json()));
      out.println(json);
      out.flush();
    }
  }
}
