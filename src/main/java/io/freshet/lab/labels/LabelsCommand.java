package io.freshet.lab.labels;

import io.freshet.lab.bench.measure.Benchmark;
import io.freshet.lab.bench.measure.FigureTable;
import io.freshet.lab.bench.measure.FigureTable.Form;
import io.freshet.lab.labels.LabelComparison.Row;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Policies of labels on the simulated stream. */
@Command(
    name = "labels",
    showDefaultValues = true,
    description = {
      "Compares the policies of labels on the simulated stream, in event time, in this process.",
      "",
      "All are compared with the same labels: what was predicted when an impression was shown,"
          + " against whether it was clicked within 30 minutes; over the second half of the stream."
          + " Excess loss is what the true probabilities would not have cost. Closed is the share"
          + " of the gap between the click rate alone and a learner that gets every label when its"
          + " impression is shown (labels at once). Frozen is that learner, as it was when the"
          + " second half began."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar freshet.jar bench labels",
      "  java -jar freshet.jar bench labels --drift 1 --delay 5,60 --impressions 50000"
    })
public final class LabelsCommand extends Benchmark {
  @Option(names = "--impressions", paramLabel = "N", description = "Impressions in a stream.")
  private long impressions = 150_000;

  @Option(
      names = "--per-second",
      paramLabel = "N",
      description = "Impressions in a second of event time.")
  private double perSecond = 4;

  @Option(names = "--click-rate", paramLabel = "P", description = "Share clicked, however late.")
  private double clickRate = 0.2;

  @Option(
      names = "--delay",
      split = ",",
      paramLabel = "MINUTES",
      description = "Mean delays of a click.")
  private List<Integer> delays = List.of(1, 5, 15, 60);

  @Option(
      names = "--drift",
      split = ",",
      paramLabel = "TURNS",
      description = "How far tastes turn in a day of event time.")
  private List<Double> drifts = List.of(0.05, 5.0);

  @Option(names = "--short-wait", paramLabel = "SECONDS", description = "Of policy short-wait.")
  private int shortWait = 60;

  @Option(names = "--seed", paramLabel = "N", description = "Another seed, another stream.")
  private long seed = 1;

  @Option(
      names = "--without-hour",
      description = "Show learners no hour of the day, which reveals when an example is from.")
  private boolean noHour;

  @Override
  public Integer call() {
    if (impressions < 1000 || shortWait < 1 || delays.stream().anyMatch(d -> d < 1)) {
      throw wrong("--impressions must be 1000 or more, --short-wait and --delay 1 or more");
    }
    FigureTable<Row> rows = table();
    try {
      for (double drift : drifts) {
        var conditions =
            new LabelTraffic.Conditions(seed, impressions, perSecond, clickRate, drift, !noHour);
        var comparison = new LabelComparison(conditions, Duration.ofSeconds(shortWait));
        for (int delay : delays) {
          comparison.run(Duration.ofMinutes(delay), rows::add);
        }
      }
    } catch (IllegalArgumentException e) {
      throw wrong(e.getMessage());
    }
    rows.end();
    return 0;
  }

  private FigureTable<Row> table() {
    return new FigureTable<Row>(out(), Form.ARRAY.orTable(asJson()))
        .column("drift", "drift", "%-6s", Row::drift)
        .column("delay_minutes", "minutes", "%7.1f", row -> row.delay().toSeconds() / 60.0)
        .column("policy", "policy", "%-26s", Row::what)
        .json("impressions", row -> row.metrics().examples())
        .json("clicks", row -> row.metrics().positives())
        .column("logloss", "logloss", "%8.4f", row -> row.metrics().logloss())
        .column("ne", "NE", "%7.4f", row -> row.metrics().ne())
        .json("auc", row -> row.metrics().auc())
        .column("calibration", "calibration", "%11.3f", row -> row.metrics().calibration())
        .column("calibration_to_truth", "..to truth", "%11.3f", row -> row.scores().calibration())
        .column("excess_loss", "excess loss", "%11.5f", row -> row.scores().excess())
        .json("gap_closed", Row::closed)
        .text("closed %", "%8.1f", row -> 100 * row.closed())
        .begin();
  }
}
