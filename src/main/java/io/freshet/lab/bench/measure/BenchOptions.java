package io.freshet.lab.bench.measure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of the benchmarks that measure in rounds. */
public final class BenchOptions {
  private static final int SHARE = 20;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--rounds",
      description = "Rounds whose median counts (default: ${DEFAULT-VALUE}).")
  public int rounds = 5;

  @Option(names = "--seed", description = "Seed of the examples (default: ${DEFAULT-VALUE}).")
  public long seed = 1;

  @Option(
      names = "--quick",
      description =
          "Warm up and measure for a twentieth of the time, or of the impressions: to see that it"
              + " runs. The figures say nothing.")
  boolean quick;

  @Option(
      names = "--only",
      paramLabel = "TEXT",
      description = "Measure only the cases whose name contains this.")
  public String only = "";

  public Duration length(Duration usual) {
    return quick ? usual.dividedBy(SHARE) : usual;
  }

  public int impressions(int usual) {
    return quick ? Math.max(1, usual / SHARE) : usual;
  }

  public Map<String, Workload> select(Map<String, Workload> cases) {
    if (rounds < 1) {
      throw new ParameterException(command.commandLine(), "--rounds must be 1 or more");
    }
    Map<String, Workload> selected = new LinkedHashMap<>(cases);
    selected.keySet().removeIf(name -> !name.contains(only));
    if (selected.isEmpty()) {
      throw new ParameterException(
          command.commandLine(), "--only %s: no case of %s".formatted(only, cases.keySet()));
    }
    return selected;
  }
}
