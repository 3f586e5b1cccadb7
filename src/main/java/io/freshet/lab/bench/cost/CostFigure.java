package io.freshet.lab.bench.cost;

import static io.freshet.lab.bench.measure.FigureTable.rounded;

import io.freshet.lab.bench.measure.FigureTable;
import io.freshet.lab.bench.measure.FigureTable.Form;
import io.freshet.lab.bench.measure.Medians;
import io.freshet.lab.bench.measure.Speed;
import java.io.PrintWriter;
import java.util.List;

/**
 * What one model costs: medians of rounds, and of their ratios to plain DeepFM in the same round.
 */
record CostFigure(String model, List<Round> learned, List<Round> scored) {

  /** Speeds of the model and of plain DeepFM. */
  record Round(Speed own, Speed plain) {
    double perSecond() {
      return own.perSecond();
    }

    double ratio() {
      return own.perSecond() / plain.perSecond();
    }

    /** By CPU time: without any waiting for other processes. */
    double cpuRatio() {
      return own.perCpuSecond() / plain.perCpuSecond();
    }
  }

  static FigureTable<CostFigure> table(PrintWriter out, boolean json) {
    return new FigureTable<CostFigure>(out, Form.OBJECT.orTable(json))
        .column("model", "", "%-26s", CostFigure::model)
        .column(
            "learned_per_second",
            "learned/s",
            "%,10d",
            figure -> Math.round(Medians.of(figure.learned, Round::perSecond)))
        .column(
            "learned_ratio",
            "ratio",
            "%6.2f",
            figure -> rounded(Medians.of(figure.learned, Round::ratio)))
        .column(
            "learned_cpu_ratio",
            "CPU ratio",
            "%9.2f",
            figure -> rounded(Medians.of(figure.learned, Round::cpuRatio)))
        .column(
            "scored_per_second",
            "scored/s",
            "%,10d",
            figure -> Math.round(Medians.of(figure.scored, Round::perSecond)))
        .column(
            "scored_ratio",
            "ratio",
            "%6.2f",
            figure -> rounded(Medians.of(figure.scored, Round::ratio)))
        .column(
            "scored_cpu_ratio",
            "CPU ratio",
            "%9.2f",
            figure -> rounded(Medians.of(figure.scored, Round::cpuRatio)))
        .begin();
  }
}
