package io.freshet.lab.bench.loop;

import io.freshet.lab.bench.measure.Figure;
import io.freshet.lab.bench.measure.LearningBenchmark;
import io.freshet.lab.bench.measure.Workload;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;

/** The learner alone, one thread. */
@Command(
    name = "kernel",
    description = "The learner alone, on one thread: 39 fields x 10, a million ids, 400-400-400.",
    footer = {"", "Example:", "  java -jar freshet.jar bench kernel --only step-64"})
public final class KernelCommand extends LearningBenchmark {
  @Override
  protected Figure measure(String what, Workload workload) throws InterruptedException {
    return new KernelBench(workload, options()).run(what);
  }

  @Override
  protected Map<String, Workload> cases() {
    Map<String, Workload> cases = new LinkedHashMap<>();
    cases.put("step-512", Workload.large(512, 512, 1));
    cases.put("step-64", Workload.large(512, 64, 1));
    cases.put("step-8", Workload.large(512, 8, 1));
    cases.put("defaults", Workload.defaults());
    cases.put("fm", Workload.fm());
    cases.put("lr", Workload.lr());
    return cases;
  }
}
