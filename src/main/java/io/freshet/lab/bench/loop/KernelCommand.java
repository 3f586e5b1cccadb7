package io.freshet.lab.bench.loop;

import io.freshet.lab.bench.measure.BenchOptions;
import io.freshet.lab.bench.measure.FigureTable;
import io.freshet.lab.bench.measure.Workload;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The learner alone, one thread. */
@Command(
    name = "kernel",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "The learner alone, on one thread: 39 fields x 10, a million ids, 400-400-400.",
    footer = {
      "",
      "Example:",
      "  java -jar freshet.jar bench kernel --only step-64",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage."
    })
public final class KernelCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private BenchOptions options;

  @Override
  public Integer call() throws InterruptedException {
    var cases = options.select(cases(), spec);
    FigureTable figures = new FigureTable(spec.commandLine().getOut(), options.json);
    for (var entry : cases.entrySet()) {
      figures.add(new KernelBench(entry.getValue(), options).run(entry.getKey()));
    }
    figures.end();
    return 0;
  }

  private static Map<String, Workload> cases() {
    Map<String, Workload> cases = new LinkedHashMap<>();
    cases.put("step-512", Workload.large(512, 512, 1));
    cases.put("step-64", Workload.large(512, 64, 1));
    cases.put("step-8", Workload.large(512, 8, 1));
    cases.put("defaults", Workload.defaults());
    return cases;
  }
}
