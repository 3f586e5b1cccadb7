package io.freshet.lab.bench.serving;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.lab.bench.measure.Medians;
import io.freshet.lab.bench.measure.Percentiles;
import io.freshet.lab.bench.measure.Speed;
import java.util.List;

/**
 * How fast candidates are scored: medians of rounds.
 *
 * @param candidates of a request
 * @param clients connections; 0 where the scorer is called without any
 */
record ServingFigure(String what, int candidates, int clients, List<Round> rounds) {

  /**
   * A round.
   *
   * @param scored candidates a second
   * @param roofline candidates a second if the products of their forward passes were all
   * @param took how long requests took
   */
  record Round(Speed scored, Speed roofline, Percentiles took) {}

  ServingFigure {
    rounds = List.copyOf(rounds);
  }

  double candidatesPerSecond() {
    return Medians.of(rounds, round -> round.scored.perSecond());
  }

  double ratio() {
    return Medians.of(rounds, round -> round.scored.perSecond() / round.roofline.perSecond());
  }

  /** By the time on a core, the clients' included. */
  double cpuRatio() {
    return Medians.of(rounds, round -> round.scored.perCpuSecond() / round.roofline.perCpuSecond());
  }

  double p50() {
    return Medians.of(rounds, round -> round.took.millis(.5));
  }

  double p99() {
    return Medians.of(rounds, round -> round.took.millis(.99));
  }

  private double roofline() {
    return Medians.of(rounds, round -> round.roofline.perSecond());
  }

  static String head() {
    return "%-28s %10s %7s %13s %11s %6s %9s %8s %8s"
        .formatted(
            "",
            "candidates",
            "clients",
            "candidates/s",
            "roofline/s",
            "ratio",
            "CPU ratio",
            "p50 ms",
            "p99 ms");
  }

  String line() {
    return "%-28s %10d %7d %,13.0f %,11.0f %6.2f %9.2f %8.2f %8.2f"
        .formatted(
            what,
            candidates,
            clients,
            candidatesPerSecond(),
            roofline(),
            ratio(),
            cpuRatio(),
            p50(),
            p99());
  }

  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("bench", "serve");
    json.put("what", what);
    json.put("candidates", candidates);
    json.put("clients", clients);
    json.put("candidates_per_second", Math.round(candidatesPerSecond()));
    json.put("roofline", Math.round(roofline()));
    json.put("ratio", rounded(ratio()));
    json.put("cpu_ratio", rounded(cpuRatio()));
    json.put("p50_ms", rounded(p50()));
    json.put("p99_ms", rounded(p99()));
    json.put("rounds", rounds.size());
    return json;
  }

  private static double rounded(double figure) {
    return Math.round(1000 * figure) / 1000.0;
  }
}
