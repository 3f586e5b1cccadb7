package io.freshet.lab.labels.drift;

import io.freshet.lab.labels.LabelTraffic;
import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of commands that follow a stream of drifting tastes. */
final class DriftOptions {
  static final Duration WINDOW = Duration.ofMinutes(30);
  private static final Duration DELAY = Duration.ofMinutes(5);
  private static final double CLICK_RATE = 0.2;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(names = "--warm-up", paramLabel = "N", description = "Days of them not measured.")
  int warmUp = 7;

  @Option(
      names = "--per-second",
      paramLabel = "N",
      description = "Impressions in a second of event time.")
  private double perSecond = 0.5;

  @Option(
      names = "--drift",
      paramLabel = "TURNS",
      description = "How far tastes turn in a day; items' fashion turns four times as fast.")
  private double drift = 0.05;

  @Option(names = "--replicates", paramLabel = "N", description = "Draws of the bootstrap.")
  int replicates = 200;

  @Option(names = "--seed", paramLabel = "N", description = "Another seed, another stream.")
  long seed = 1;

  /**
   * What a run follows and compares.
   *
   * @param warmUp days that all models learn and none is measured on
   * @param window days that the model retrained in batch learns
   */
  record DriftSettings(LabelTraffic.Conditions conditions, int days, int warmUp, int window) {
    LabelTraffic traffic() {
      return LabelTraffic.of(conditions, DELAY, WINDOW);
    }
  }

  DriftSettings settings(int days, int leastWarmUp, int window) {
    check(days >= 2 && days <= 400, "--days must be from 2 to 400");
    check(
        warmUp >= leastWarmUp && warmUp < days,
        "--warm-up must be %s or more and below --days".formatted(leastWarmUp));
    check(perSecond >= 0.01 && perSecond <= 100, "--per-second must be from 0.01 to 100");
    check(replicates >= 2, "--replicates must be 2 or more");
    long impressions = (long) (days * Duration.ofDays(1).toSeconds() * perSecond);
    return new DriftSettings(
        new LabelTraffic.Conditions(seed, impressions, perSecond, CLICK_RATE, drift, true),
        days,
        warmUp,
        window);
  }

  void check(boolean good, String right) {
    if (!good) {
      throw new ParameterException(command.commandLine(), right);
    }
  }
}
