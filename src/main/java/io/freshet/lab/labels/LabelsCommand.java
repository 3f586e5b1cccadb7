package io.freshet.lab.labels;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Policies of labels on the simulated stream. */
@Command(
    name = "labels",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    showDefaultValues = true,
    description = {
      "Compares the policies of labels on the simulated stream, in event time, in this process.",
      "",
      "All are held against the same labels: what was predicted when an impression was shown,"
          + " against whether it was clicked within 30 minutes; over the second half of the stream."
          + " Excess loss is what the true probabilities would not have cost. Closed is the share"
          + " of the gap between who knows the click rate alone and a learner that is told every"
          + " label when its impression is shown. Told no more is that learner, as it was when the"
          + " second half began."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar freshet.jar bench labels",
      "  java -jar freshet.jar bench labels --drift 1 --delay 5,60 --impressions 50000",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage."
    })
public final class LabelsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

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
      description = "Show learners no hour of the day, which tells when an example is from.")
  private boolean noHour;

  @Option(names = "--json", description = "Print one JSON array instead of a table.")
  private boolean json;

  @Override
  public Integer call() {
    if (impressions < 1000 || shortWait < 1 || delays.stream().anyMatch(d -> d < 1)) {
      throw new ParameterException(
          spec.commandLine(),
          "--impressions must be 1000 or more, --short-wait and --delay 1 or more");
    }
    LabelReport report = new LabelReport(spec.commandLine().getOut(), json);
    try {
      for (double drift : drifts) {
        var conditions =
            new LabelConditions(seed, impressions, perSecond, clickRate, drift, !noHour);
        var comparison = new LabelComparison(conditions, Duration.ofSeconds(shortWait));
        for (int delay : delays) {
          comparison.run(Duration.ofMinutes(delay), report::add);
        }
      }
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    report.end();
    return 0;
  }
}
