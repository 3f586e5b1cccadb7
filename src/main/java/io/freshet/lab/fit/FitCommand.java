package io.freshet.lab.fit;

import io.freshet.config.FitConfig;
import io.freshet.config.option.ConfigException;
import io.freshet.feature.example.LabeledExample;
import io.freshet.job.ConfigOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Fits a model to files, as published tables are made. */
@Command(
    name = "fit",
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
      names = "--label",
      paramLabel = "COLUMN",
      description = "The column of the label (default: the configuration's fit.label).")
  private String label;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "Fit so many times from other random starts, and give the mean (default: 1).")
  private int seeds = 1;

  @Option(
      names = "--json",
      description = "End with one line of JSON; what else is printed goes to standard error.")
  private boolean json;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description =
          "Seeds that are fitted side by side (default: the processors). No figure depends on it.")
  private int parallel = Runtime.getRuntime().availableProcessors();

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (seeds < 1 || parallel < 1) {
      throw new ParameterException(spec.commandLine(), "--seeds and --parallel must be at least 1");
    }
    FitConfig settings;
    try {
      settings = FitConfig.read(config.file(), config.overrides());
    } catch (ConfigException e) {
      e.problems().forEach(spec.commandLine().getErr()::println);
      return 2;
    }
    PrintWriter out = json ? spec.commandLine().getErr() : spec.commandLine().getOut();
    FitReport report = new FitReport(out);
    List<FitRun.Result> results = fit(label == null ? settings : settings.withLabel(label), report);
    if (results.size() > 1) {
      report.mean(results);
    }
    if (json) {
      spec.commandLine().getOut().println(FitReport.json(results, settings.monitor()));
    }
    return 0;
  }

  private List<FitRun.Result> fit(FitConfig settings, FitReport report)
      throws IOException, InterruptedException {
    FitTable table = new FitTable(settings);
    List<LabeledExample> learned = read(table, train);
    List<LabeledExample> validated = read(table, valid);
    List<LabeledExample> tested = read(table, test);
    report.files(learned.size(), validated.size(), tested.size());
    FrequentValues values = new FrequentValues(learned, settings.minCount());
    FitRun run =
        new FitRun(settings, values.of(learned), values.of(validated), values.of(tested), report);
    List<Callable<FitRun.Result>> runs = new ArrayList<>();
    for (int i = 0; i < seeds; i++) {
      long seed = settings.model().seed() + i;
      runs.add(() -> run.run(seed));
    }
    return sideBySide(runs);
  }

  private static List<LabeledExample> read(FitTable table, Path file) throws IOException {
    List<LabeledExample> examples = table.read(file);
    float label = examples.get(0).label();
    if (examples.stream().allMatch(example -> example.label() == label)) {
      throw new IOException(
          String.format(
              Locale.ROOT, "%s: all labels are %.0f; an AUC needs both 0 and 1", file, label));
    }
    return examples;
  }

  private List<FitRun.Result> sideBySide(List<Callable<FitRun.Result>> runs)
      throws InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(Math.min(parallel, runs.size()));
    try {
      List<FitRun.Result> results = new ArrayList<>();
      for (Future<FitRun.Result> result : threads.invokeAll(runs)) {
        results.add(result.get());
      }
      return results;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a fit failed: " + e.getCause().getMessage(), e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }
}
