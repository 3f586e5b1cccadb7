package io.freshet.lab.bench.measure;

import static io.freshet.lab.bench.measure.FigureTable.rounded;

import io.freshet.lab.bench.measure.FigureTable.Form;
import java.io.PrintWriter;
import java.util.List;

/**
 * One measurement: the medians of its rounds, each of which has its own roofline. A model without
 * matrix products has none.
 */
public record Figure(
    String bench, String what, Workload workload, int parallelism, List<Round> rounds) {

  /**
   * Learned examples a second, and the roofline: their matrix products alone, measured just before.
   */
  public record Round(Speed learned, Speed roofline) {}

  public Figure {
    rounds = List.copyOf(rounds);
  }

  double examplesPerSecond() {
    return Medians.of(rounds, round -> round.learned().perSecond());
  }

  double roofline() {
    return Medians.of(rounds, round -> round.roofline().perSecond());
  }

  /** Of the rounds' ratios: a busy neighbor slows both sides of each. */
  double ratio() {
    return Medians.of(rounds, round -> round.learned().perSecond() / round.roofline().perSecond());
  }

  /** Like {@link #ratio}, but by CPU time: without any waiting. */
  double cpuRatio() {
    return Medians.of(
        rounds, round -> round.learned().perCpuSecond() / round.roofline().perCpuSecond());
  }

  /** A figure that has matrix products as its measure; null without any. */
  private Number ofProducts(Number figure) {
    return workload.flops() > 0 ? figure : null;
  }

  /** Microseconds of a core for an example, with all that this process does besides. */
  double coreMicros() {
    return Medians.of(rounds, round -> 1e6 / round.learned().perCpuSecond());
  }

  static FigureTable<Figure> table(PrintWriter out, boolean json) {
    return new FigureTable<Figure>(out, Form.OBJECT.orTable(json))
        .json("bench", Figure::bench)
        .column("what", "", "%-34s", Figure::what)
        .column("batch_size", "batch", "%5d", figure -> figure.workload.batchSize())
        .column("step_size", "step", "%5d", figure -> figure.workload.stepSize())
        .column("in_flight", "in flight", "%9d", figure -> figure.workload.inFlight())
        .column("parallelism", "parallelism", "%11d", Figure::parallelism)
        .column(
            "examples_per_second",
            "examples/s",
            "%,10d",
            figure -> Math.round(figure.examplesPerSecond()))
        .column(
            "roofline",
            "roofline/s",
            "%,11d",
            figure -> figure.ofProducts(Math.round(figure.roofline())))
        .column("ratio", "ratio", "%6.2f", figure -> figure.ofProducts(rounded(figure.ratio())))
        .column(
            "cpu_ratio",
            "CPU ratio",
            "%9.2f",
            figure -> figure.ofProducts(rounded(figure.cpuRatio())))
        .column("core_us", "core us", "%7.1f", figure -> rounded(figure.coreMicros()))
        .json("fields", figure -> figure.workload.fields())
        .json("embedding_size", figure -> figure.workload.embeddingSize())
        .json("hidden_layers", figure -> figure.workload.hiddenLayers().toString())
        .json("rounds", figure -> figure.rounds.size())
        .begin();
  }
}
