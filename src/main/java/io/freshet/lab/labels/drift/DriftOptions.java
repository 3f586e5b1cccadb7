package io.freshet.lab.labels.drift;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The stream of drifting tastes that a command follows, and how sure it is of what it measures. */
final class DriftOptions {
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
   * The stream.
   *
   * @param leastWarmUp days
   * @param window days that a model retrained in batch learns
   * @throws ParameterException where the options cannot be meant
   */
  DriftSettings settings(int days, int leastWarmUp, int window) {
    check(days >= 2 && days <= 400, "--days must be from 2 to 400");
    check(
        warmUp >= leastWarmUp && warmUp < days,
        "--warm-up must be %d or more and below --days".formatted(leastWarmUp));
    check(perSecond >= 0.01 && perSecond <= 100, "--per-second must be from 0.01 to 100");
    check(replicates >= 2, "--replicates must be 2 or more");
    return DriftSettings.of(seed, days, warmUp, window, perSecond, drift);
  }

  /** Refuses what is not good, and says what would be right. */
  void check(boolean good, String right) {
    if (!good) {
      throw new ParameterException(command.commandLine(), right);
    }
  }
}
