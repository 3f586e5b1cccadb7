package io.freshet.lab.bench.cost;

import io.freshet.lab.bench.measure.BenchOptions;
import io.freshet.lab.bench.measure.Benchmark;
import io.freshet.lab.bench.measure.FigureTable;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Kinds of model against plain DeepFM, in one run. */
@Command(
    name = "cost",
    description = {
      "What kinds of model cost, as ratios to plain DeepFM: learning and scoring, in turns.",
      "",
      "One thread, 39 fields, all defaults. Every model has to have learned, or the run fails.",
      "--only limits the models; plain DeepFM is always among them."
    },
    footer = {"", "Example:", "  java -jar freshet.jar bench cost --only final"})
public final class CostCommand extends Benchmark {
  @Mixin private BenchOptions options;

  @Override
  public Integer call() throws InterruptedException {
    check(options.rounds >= 1, "--rounds must be 1 or more");
    List<CostCase> cases = new ArrayList<>(List.of(CostCase.PLAIN));
    CostCase.OTHERS.stream().filter(of -> of.name().contains(options.only)).forEach(cases::add);
    check(
        cases.size() > 1,
        "--only %s: no case of %s"
            .formatted(options.only, CostCase.OTHERS.stream().map(CostCase::name).toList()));
    FigureTable<CostFigure> figures = CostFigure.table(out(), asJson());
    new CostBench(cases, options).run().forEach(figures::add);
    figures.end();
    return 0;
  }
}
