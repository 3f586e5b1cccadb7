package io.freshet.lab.bench.loop;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.lab.demo.QualityRun;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.flink.util.FileUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Quality against the number of trainers. */
@Command(
    name = "parallelism",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Learns recorded files with more and more trainers, and says how well, and why.",
      "",
      "They go through the whole job each time. Unseen is the mean number of examples that other"
          + " trainers learned while a batch was under way; step the mean number of examples in a"
          + " row step; largest the busiest trainer's share of the examples. All are measured in"
          + " the job. To local is the difference to LocalLearner, the single-thread learner, on"
          + " the same examples in the same order."
    },
    footer = {
      "",
      "Example:",
      "  java -jar freshet.jar bench parallelism --data ml-latest-small",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage."
    })
public final class ParallelismCommand implements Callable<Integer> {
  private static final String ROW = "%-12s %8s %8s %9s %9s %8s %8s %9s%n";

  @Spec private CommandSpec spec;

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

  @Option(names = "--json", description = "Print a JSON object a line instead of a table.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    if (trainers.stream().anyMatch(p -> p < 1 || p > 128)) {
      throw new ParameterException(spec.commandLine(), "--trainers must be from 1 to 128");
    }
    if (!json) {
      spec.commandLine()
          .getOut()
          .printf(
              ROW,
              "trainers",
              "AUC",
              "logloss",
              "to local",
              "to local",
              "unseen",
              "step",
              "largest");
    }
    tell("linear, 1", run(List.of("model.kind=lr", "parallelism=1")));
    for (int parallelism : trainers) {
      tell(String.valueOf(parallelism), run(List.of("parallelism=" + parallelism)));
    }
    return 0;
  }

  private QualityRun run(List<String> settings) throws Exception {
    Path out = Files.createTempDirectory("freshet-parallelism");
    try {
      List<String> all = new ArrayList<>(overrides);
      all.addAll(settings);
      return QualityRun.of(data, all, out);
    } finally {
      FileUtils.deleteDirectory(out.toFile());
    }
  }

  private void tell(String what, QualityRun run) {
    PrintWriter out = spec.commandLine().getOut();
    double auc = run.auc() - run.local().auc();
    double logloss = run.logloss() - run.local().logloss();
    if (json) {
      ObjectNode line = JsonNodeFactory.instance.objectNode();
      line.put("trainers", what).put("auc", run.auc()).put("logloss", run.logloss());
      line.put("auc_difference", auc).put("logloss_difference", logloss);
      line.put("unseen", run.loop().unseen()).put("step", run.loop().stepExamples());
      out.println(line.put("largest", run.loop().largestPartition()));
    } else {
      out.printf(
          ROW,
          what,
          "%.4f".formatted(run.auc()),
          "%.4f".formatted(run.logloss()),
          "%+.4f".formatted(auc),
          "%+.4f".formatted(logloss),
          "%,.0f".formatted(run.loop().unseen()),
          "%.1f".formatted(run.loop().stepExamples()),
          "%.1f %%".formatted(100 * run.loop().largestPartition()));
    }
    out.flush();
  }
}
