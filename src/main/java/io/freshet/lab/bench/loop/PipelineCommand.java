package io.freshet.lab.bench.loop;

import io.freshet.lab.bench.measure.Figure;
import io.freshet.lab.bench.measure.LearningBenchmark;
import io.freshet.lab.bench.measure.ScratchDirectory;
import io.freshet.lab.bench.measure.Workload;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The whole learner, Kafka included. */
@Command(
    name = "pipeline",
    description = {
      "Measures the whole learner, with the broker on the same cores.",
      "",
      "It reads JSON impressions of 39 fields in lz4, 3 in 100 of them clicked; label"
          + " join, checkpoints and snapshots every 10 seconds."
    },
    footer = {"", "Example:", "  java -jar freshet.jar bench pipeline --impressions 1000000"})
public final class PipelineCommand extends LearningBenchmark {
  @Option(
      names = "--impressions",
      description = "Impressions in Kafka (default: ${DEFAULT-VALUE}).")
  private int impressions = 500000;

  @Option(names = "--parallelism", description = "Of every stage (default: ${DEFAULT-VALUE}).")
  private int parallelism = 2;

  @Override
  protected Figure measure(String what, Workload workload) throws Exception {
    try (ScratchDirectory scratch = ScratchDirectory.create()) {
      int all = options().impressions(impressions);
      return new PipelineBench(workload, parallelism, all, options().seed, scratch.path())
          .run(what, options().rounds);
    }
  }

  @Override
  protected Map<String, Workload> cases() {
    Map<String, Workload> cases = new LinkedHashMap<>();
    cases.put("step-512", Workload.large(512, 512, 2));
    cases.put("step-64", Workload.large(512, 64, 2));
    cases.put("defaults", Workload.defaults());
    return cases;
  }
}
