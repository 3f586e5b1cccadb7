package io.freshet.cli.bench;

import picocli.CommandLine.Option;

/** Options of every benchmark. */
final class BenchOptions {
  @Option(names = "--json", description = "Print one JSON object instead of a table.")
  boolean json;

  @Option(
      names = "--rounds",
      defaultValue = "5",
      description = "Rounds whose median counts (default: ${DEFAULT-VALUE}).")
  int rounds;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Seed of the examples (default: ${DEFAULT-VALUE}).")
  long seed;

  @Option(
      names = "--only",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "Measure only the cases whose name contains this.")
  String only;
}
