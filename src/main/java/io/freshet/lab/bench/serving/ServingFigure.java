package io.freshet.lab.bench.serving;

import static io.freshet.lab.bench.measure.FigureTable.rounded;

import io.freshet.lab.bench.measure.FigureTable;
import io.freshet.lab.bench.measure.FigureTable.Form;
import io.freshet.lab.bench.measure.Medians;
import io.freshet.lab.bench.measure.Speed;
import java.io.PrintWriter;
import java.util.List;

/**
 * How fast candidates are scored: medians of rounds.
 *
 * @param clients connections; 0 for the scorer alone
 */
record ServingFigure(String what, int candidates, int clients, List<Round> rounds) {

  /** Candidates a second, those of forward products alone, and latencies of requests. */
  record Round(Speed scored, Speed roofline, Latencies took) {}

  ServingFigure {
    rounds = List.copyOf(rounds);
  }

  double candidatesPerSecond() {
    return Medians.of(rounds, round -> round.scored.perSecond());
  }

  private double ratio() {
    return Medians.of(rounds, round -> round.scored.perSecond() / round.roofline.perSecond());
  }

  /** By CPU time, the clients' included. */
  private double cpuRatio() {
    return Medians.of(rounds, round -> round.scored.perCpuSecond() / round.roofline.perCpuSecond());
  }

  private double roofline() {
    return Medians.of(rounds, round -> round.roofline.perSecond());
  }

  private double percentile(double percent) {
    return rounded(Medians.of(rounds, round -> round.took.millis(percent)));
  }

  static FigureTable<ServingFigure> table(PrintWriter out, boolean json) {
    return new FigureTable<ServingFigure>(out, Form.OBJECT.orTable(json))
        .json("bench", figure -> "serve")
        .column("what", "", "%-28s", ServingFigure::what)
        .column("candidates", "candidates", "%10d", ServingFigure::candidates)
        .column("clients", "clients", "%7d", ServingFigure::clients)
        .column(
            "candidates_per_second",
            "candidates/s",
            "%,13d",
            figure -> Math.round(figure.candidatesPerSecond()))
        .column("roofline", "roofline/s", "%,11d", figure -> Math.round(figure.roofline()))
        .column("ratio", "ratio", "%6.2f", figure -> rounded(figure.ratio()))
        .column("cpu_ratio", "CPU ratio", "%9.2f", figure -> rounded(figure.cpuRatio()))
        .column("p50_ms", "p50 ms", "%8.2f", figure -> figure.percentile(50))
        .column("p99_ms", "p99 ms", "%8.2f", figure -> figure.percentile(99))
        .json("rounds", figure -> figure.rounds.size())
        .begin();
  }
}
