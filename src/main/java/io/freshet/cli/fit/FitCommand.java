package io.freshet.cli.fit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.config.ConfigException;
import io.freshet.config.FitConfig;
import io.freshet.feature.LabelledExample;
import io.freshet.job.ConfigOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Fits a model to files, as published tables are made. */
@Command(
    name = "fit",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Fits a model to CSV files, for comparison with published figures.",
      "",
      "It makes several shuffled passes, with early stopping on the validation file,"
          + " and tests the best pass. Streams are learned by train."
    },
    footer = {
      "",
      "Example:",
      "  java -jar freshet.jar fit --config frappe.yaml --train train.csv --valid valid.csv \\",
      "      --test test.csv --seeds 3",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage or configuration."
    })
public final class FitCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private ConfigOptions config;

  @Option(
      names = "--train",
      required = true,
      paramLabel = "CSV",
      description = "Examples to learn: a header, a column for each feature, and the label's.")
  private Path train;

  @Option(
      names = "--valid",
      required = true,
      paramLabel = "CSV",
      description = "Examples that say when to stop.")
  private Path valid;

  @Option(
      names = "--test",
      required = true,
      paramLabel = "CSV",
      description = "Examples that the best pass is tested on.")
  private Path test;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "Fit so many times from other random starts, and give the mean (default: 1).")
  private int seeds = 1;

  @Option(
      names = "--json",
      description = "End with one line of JSON; what else is printed goes to standard error.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    if (seeds < 1) {
      throw new ParameterException(spec.commandLine(), "--seeds must be at least 1");
    }
    FitConfig settings;
    try {
      settings = FitConfig.read(config.file(), config.overrides());
    } catch (ConfigException e) {
      e.problems().forEach(spec.commandLine().getErr()::println);
      return 2;
    }
    PrintWriter out = json ? spec.commandLine().getErr() : spec.commandLine().getOut();
    List<FitRun.Result> results = fit(settings, out);
    if (results.size() > 1) {
      out.println(
          "mean of %d     valid AUC %.4f, logloss %.4f   test AUC %.4f, logloss %.4f"
              .formatted(
                  results.size(),
                  mean(results, r -> r.valid().auc()),
                  mean(results, r -> r.valid().logloss()),
                  mean(results, r -> r.test().auc()),
                  mean(results, r -> r.test().logloss())));
    }
    out.flush();
    if (json) {
      spec.commandLine().getOut().println(json(results));
    }
    return 0;
  }

  private List<FitRun.Result> fit(FitConfig settings, PrintWriter out) throws IOException {
    FitTable table = new FitTable(settings);
    List<LabelledExample> learned = table.read(train);
    List<LabelledExample> validated = table.read(valid);
    List<LabelledExample> tested = table.read(test);
    out.println(
        "%,d examples to learn, %,d to validate, %,d to test"
            .formatted(learned.size(), validated.size(), tested.size()));
    FitRun run = new FitRun(settings, learned, validated, tested, epoch -> tell(epoch, out));
    List<FitRun.Result> results = new ArrayList<>();
    for (int i = 0; i < seeds; i++) {
      long seed = settings.model().seed() + i;
      out.println("seed %d".formatted(seed));
      FitRun.Result result = run.run(seed);
      results.add(result);
      out.println(
          "best epoch %d  valid AUC %.4f, logloss %.4f   test AUC %.4f, logloss %.4f   (%,d parameters)"
              .formatted(
                  result.bestEpoch(),
                  result.valid().auc(),
                  result.valid().logloss(),
                  result.test().auc(),
                  result.test().logloss(),
                  result.parameters()));
      out.flush();
    }
    return results;
  }

  private static void tell(FitRun.Epoch epoch, PrintWriter out) {
    out.println(
        "  epoch %3d  train loss %.4f  valid AUC %.4f, logloss %.4f  %5.1f s%s"
            .formatted(
                epoch.number(),
                epoch.loss(),
                epoch.valid().auc(),
                epoch.valid().logloss(),
                epoch.seconds(),
                epoch.best() ? "  best" : ""));
    out.flush();
  }

  /** Means over the seeds; the epoch is the last seed's. */
  private static ObjectNode json(List<FitRun.Result> results) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("best_epoch", results.get(results.size() - 1).bestEpoch());
    json.put("valid_auc", mean(results, r -> r.valid().auc()));
    json.put("valid_logloss", mean(results, r -> r.valid().logloss()));
    json.put("test_auc", mean(results, r -> r.test().auc()));
    json.put("test_logloss", mean(results, r -> r.test().logloss()));
    json.put("seeds", results.size());
    return json;
  }

  private static double mean(List<FitRun.Result> results, ToDoubleFunction<FitRun.Result> figure) {
    return results.stream().mapToDouble(figure).average().orElseThrow();
  }
}
