package io.freshet.lab.report;

import io.freshet.lab.report.plot.Markup;
import io.freshet.lab.report.plot.Numbers;
import java.util.OptionalDouble;

/** The outcome of a run in eight figures, each with its reference. */
final class KeyFigures {
  private final Markup out;

  private KeyFigures(Markup out) {
    this.out = out;
  }

  static void write(Summary summary, Markup out) {
    new KeyFigures(out).write(summary);
  }

  private void write(Summary summary) {
    out.open("section", "aria-label", "Key figures").open("dl", "class", "figures");
    figure("Logloss", Numbers.decimal(summary.logloss(), 4), excess(summary));
    figure("AUC", Numbers.decimal(summary.auc(), 4), best(summary.bestAuc()));
    figure("Normalized entropy", Numbers.decimal(summary.ne(), 4), "1 is knowing the CTR alone");
    figure("Calibration", Numbers.decimal(summary.calibration(), 3), "1 is right");
    figure(
        "Throughput",
        Numbers.decimal(summary.examplesPerSecond(), 0),
        "examples per second, over " + Numbers.decimal(summary.seconds(), 1) + " s");
    figure("Events", Numbers.count(summary.events()), lost(summary));
    figure("Snapshots", Numbers.count(summary.snapshots()), "published while learning");
    audit(summary);
    out.close().close();
  }

  private void figure(String name, String value, String note) {
    out.open("div");
    entry(name, value, note);
  }

  private void entry(String name, String value, String note) {
    out.element("dt", name);
    out.element("dd", value, "class", "value").element("dd", note, "class", "note").close();
  }

  private static String best(OptionalDouble best) {
    return best.isEmpty()
        ? "progressive validation"
        : "best reachable " + Numbers.decimal(best.getAsDouble(), 4);
  }

  private static String excess(Summary summary) {
    double best = summary.bestLogloss().orElse(Double.NaN);
    double excess = summary.logloss() / best - 1;
    if (!Double.isFinite(excess)) {
      return best(summary.bestLogloss());
    }
    String side = excess < 0 ? " below" : " above"; // chance may put a learner below
    String share = Numbers.percent(Math.abs(excess));
    return share + side + " the best reachable, " + Numbers.decimal(best, 4);
  }

  private static String lost(Summary summary) {
    return Numbers.count(summary.deadLetters())
        + " dead letters, "
        + Numbers.count(summary.lateClicks())
        + " late clicks";
  }

  private void audit(Summary summary) {
    String note =
        summary.exactlyOnce()
            ? "as expected: each example counted exactly once"
            : "expected were " + Numbers.count(summary.updatesExpected());
    out.open("div", "class", summary.exactlyOnce() ? "right" : "wrong");
    entry("Updates in the model", Numbers.count(summary.updatesInModel()), note);
  }
}
