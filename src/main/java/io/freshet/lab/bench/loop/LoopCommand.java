package io.freshet.lab.bench.loop;

import io.freshet.lab.bench.measure.Figure;
import io.freshet.lab.bench.measure.LearningBenchmark;
import io.freshet.lab.bench.measure.Workload;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The training loop in Flink, fed from memory. */
@Command(
    name = "loop",
    description = "The training loop in Flink, fed from memory: same model and ids as in kernel.",
    footer = {"", "Example:", "  java -jar freshet.jar bench loop --only in-flight-1"})
public final class LoopCommand extends LearningBenchmark {
  private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(10);

  @Option(names = "--parallelism", description = "Trainers and shards (default: ${DEFAULT-VALUE}).")
  private int parallelism = 2;

  @Override
  protected Figure measure(String what, Workload workload) throws Exception {
    Optional<Duration> checkpoints =
        what.endsWith("checkpoints") ? Optional.of(CHECKPOINT_INTERVAL) : Optional.empty();
    boolean isTableFull = what.startsWith("million-rows");
    return new LoopBench(workload, parallelism, isTableFull, checkpoints, options()).run(what);
  }

  @Override
  protected Map<String, Workload> cases() {
    Map<String, Workload> cases = new LinkedHashMap<>();
    cases.put("step-512", Workload.large(512, 512, 2));
    cases.put("step-64", Workload.large(512, 64, 2));
    cases.put("step-8", Workload.large(512, 8, 2));
    cases.put("batch-64-in-flight-1", Workload.large(64, 64, 1));
    cases.put("defaults", Workload.defaults());
    cases.put("fm", Workload.fm());
    cases.put("lr", Workload.lr());
    cases.put("million-rows", Workload.large(512, 512, 2));
    cases.put("million-rows-checkpoints", Workload.large(512, 512, 2));
    return cases;
  }
}
