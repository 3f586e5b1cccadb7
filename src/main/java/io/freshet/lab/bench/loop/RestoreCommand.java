package io.freshet.lab.bench.loop;

import io.freshet.lab.bench.measure.BenchOptions;
import io.freshet.lab.bench.measure.Benchmark;
import io.freshet.lab.bench.measure.FigureTable;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a restore takes with more and more subtasks. */
@Command(
    name = "restore",
    description = {
      "Measures a restart of the training loop from a savepoint: time and heap.",
      "",
      "The table has a million rows of 39 fields x 10, the net is 128-64; the state is on the heap."
          + " A job learns every row once and stops with a savepoint; another starts from it, with"
          + " as many subtasks, and once more with half as many. Time runs to the first example."
    },
    footer = {"", "Example:", "  java -jar freshet.jar bench restore --parallelism 2,8,32"})
public final class RestoreCommand extends Benchmark {
  @Mixin private BenchOptions options;

  @Option(
      names = "--parallelism",
      split = ",",
      paramLabel = "P",
      defaultValue = "2,8,32",
      description = "Numbers of subtasks (default: ${DEFAULT-VALUE}).")
  private List<Integer> parallelisms;

  @Override
  public Integer call() throws Exception {
    check(
        parallelisms.stream().allMatch(p -> p >= 1 && p <= ScalingCommand.MOST),
        "--parallelism must be from 1 to " + ScalingCommand.MOST);
    FigureTable<RestoreFigure> figures = RestoreFigure.table(out(), asJson());
    for (int parallelism : parallelisms) {
      try (RestoreBench bench = new RestoreBench(parallelism, options)) {
        figures.add(bench.restore(parallelism));
        figures.add(bench.restore(Math.max(1, parallelism / 2)));
      }
    }
    figures.end();
    return 0;
  }
}
