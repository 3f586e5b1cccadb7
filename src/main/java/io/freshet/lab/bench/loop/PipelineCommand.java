package io.freshet.lab.bench.loop;

import io.freshet.lab.bench.measure.BenchOptions;
import io.freshet.lab.bench.measure.Figure;
import io.freshet.lab.bench.measure.FigureTable;
import io.freshet.lab.bench.measure.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The whole learner, Kafka included. */
@Command(
    name = "pipeline",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures the whole learner, with the broker on the same cores.",
      "",
      "It reads JSON impressions of 39 fields in lz4, 3 in 100 of them clicked; label"
          + " join, checkpoints and snapshots every 10 seconds."
    },
    footer = {
      "",
      "Example:",
      "  java -jar freshet.jar bench pipeline --impressions 1000000",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage."
    })
public final class PipelineCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private BenchOptions options;

  @Option(
      names = "--impressions",
      defaultValue = "500000",
      description = "Impressions in Kafka (default: ${DEFAULT-VALUE}).")
  private int impressions;

  @Option(
      names = "--parallelism",
      defaultValue = "2",
      description = "Of every stage (default: ${DEFAULT-VALUE}).")
  private int parallelism;

  @Override
  public Integer call() throws Exception {
    var cases = options.select(cases(), spec);
    FigureTable figures = new FigureTable(spec.commandLine().getOut(), options.json);
    for (var entry : cases.entrySet()) {
      figures.add(measure(entry.getKey(), entry.getValue()));
    }
    figures.end();
    return 0;
  }

  private Figure measure(String what, Workload workload) throws Exception {
    Path directory = Files.createTempDirectory("freshet-bench");
    try {
      int all = options.impressions(impressions);
      return new PipelineBench(workload, parallelism, all, options.seed, directory)
          .run(what, options.rounds);
    } finally {
      delete(directory);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static Map<String, Workload> cases() {
    Map<String, Workload> cases = new LinkedHashMap<>();
    cases.put("step-512", Workload.large(512, 512, 2));
    cases.put("step-64", Workload.large(512, 64, 2));
    cases.put("defaults", Workload.defaults());
    return cases;
  }
}
