package io.freshet.lab.bench.measure;

import java.util.Map;
import picocli.CommandLine.Mixin;

/** A command that measures how fast workloads are learned, in rounds. */
public abstract class LearningBenchmark extends Benchmark {
  @Mixin private BenchOptions options;

  protected abstract Map<String, Workload> cases();

  protected abstract Figure measure(String what, Workload workload) throws Exception;

  protected final BenchOptions options() {
    return options;
  }

  @Override
  public final Integer call() throws Exception {
    Map<String, Workload> selected = options.select(cases());
    FigureTable<Figure> figures = Figure.table(out(), asJson());
    for (var entry : selected.entrySet()) {
      figures.add(measure(entry.getKey(), entry.getValue()));
    }
    figures.end();
    return 0;
  }
}
