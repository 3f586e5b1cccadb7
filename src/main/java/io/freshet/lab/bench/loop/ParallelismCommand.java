package io.freshet.lab.bench.loop;

import io.freshet.lab.bench.measure.Benchmark;
import io.freshet.lab.bench.measure.FigureTable;
import io.freshet.lab.bench.measure.FigureTable.Form;
import io.freshet.lab.bench.measure.ScratchDirectory;
import io.freshet.lab.demo.QualityRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Quality against the number of trainers. */
@Command(
    name = "parallelism",
    description = {
      "Learns recorded files with more and more trainers, and says how well, and why.",
      "",
      "They go through the whole job each time. Unseen is the mean number of examples that other"
          + " trainers learned while a batch was under way; step the mean number of examples in a"
          + " row step; largest the busiest trainer's share of the examples. All are measured in"
          + " the job. To local is the difference to LocalLearner, the single-thread learner, on"
          + " the same examples in the same order."
    },
    footer = {"", "Example:", "  java -jar freshet.jar bench parallelism --data ml-latest-small"})
public final class ParallelismCommand extends Benchmark {

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "Files of a data set, as for demo.")
  private Path data;

  @Option(
      names = "--trainers",
      split = ",",
      paramLabel = "P",
      defaultValue = "1,2,4,8,16",
      description = "How many there are (default: ${DEFAULT-VALUE}).")
  private List<Integer> trainers;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Overrides a key of the learner's configuration; repeatable.")
  private List<String> overrides = new ArrayList<>();

  private record Line(String what, QualityRun run) {
    double auc() {
      return run.auc() - run.local().auc();
    }

    double logloss() {
      return run.logloss() - run.local().logloss();
    }
  }

  @Override
  public Integer call() throws Exception {
    check(trainers.stream().allMatch(p -> p >= 1 && p <= 128), "--trainers must be from 1 to 128");
    FigureTable<Line> lines =
        new FigureTable<Line>(out(), Form.LINES.orTable(asJson()))
            .column("trainers", "trainers", "%-12s", Line::what)
            .column("auc", "AUC", "%8.4f", line -> line.run.auc())
            .column("logloss", "logloss", "%8.4f", line -> line.run.logloss())
            .column("auc_difference", "to local", "%+9.4f", Line::auc)
            .column("logloss_difference", "to local", "%+9.4f", Line::logloss)
            .column("unseen", "unseen", "%,8.0f", line -> line.run.loop().unseen())
            .column("step", "step", "%8.1f", line -> line.run.loop().stepExamples())
            .json("largest", line -> line.run.loop().largestPartition())
            .text("largest %", "%9.1f", line -> 100 * line.run.loop().largestPartition())
            .begin();
    lines.add(new Line("linear, 1", run(List.of("model.kind=lr", "parallelism=1"))));
    for (int parallelism : trainers) {
      lines.add(new Line(String.valueOf(parallelism), run(List.of("parallelism=" + parallelism))));
    }
    return 0;
  }

  private QualityRun run(List<String> settings) throws Exception {
    try (ScratchDirectory scratch = ScratchDirectory.create()) {
      List<String> all = new ArrayList<>(overrides);
      all.addAll(settings);
      return QualityRun.of(data, all, scratch.path());
    }
  }
}
