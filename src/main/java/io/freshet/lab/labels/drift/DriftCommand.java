package io.freshet.lab.labels.drift;

import io.freshet.lab.bench.measure.Benchmark;
import io.freshet.lab.labels.drift.DriftOptions.DriftSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What following a drifting stream is worth. */
@Command(
    name = "drift",
    showDefaultValues = true,
    description = {
      "Compares the learner with models that follow less, while tastes drift.",
      "",
      "It follows the simulated stream in event time, in this process. All predict the same"
          + " impressions: the learner's model as serving has it that is synchronized every 1 min,"
          + " 30 min, 1 h, 5 h and 24 h; one retrained in batch each day on the last days, from its"
          + " random start; one frozen after the warm-up; the true probabilities; and the learner"
          + " itself, just before it learns an example. Intervals are by the bootstrap over blocks"
          + " of six hours. Excess is the expected loss over that of the truth, without the noise"
          + " of labels."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar freshet.jar bench drift --plot drift.svg",
      "  java -jar freshet.jar bench drift --drift 1 --per-second 2 --days 10 --warm-up 2"
    })
public final class DriftCommand extends Benchmark {
  @Mixin private DriftOptions stream;

  @Option(names = "--days", paramLabel = "N", description = "Simulated days.")
  private int days = 30;

  @Option(
      names = "--retrain-days",
      paramLabel = "N",
      description = "Days that the model retrained in batch learns.")
  private int window = 3;

  @Option(names = "--plot", paramLabel = "FILE", description = "Draw logloss by day, as SVG.")
  private Optional<Path> plot = Optional.empty();

  @Override
  public Integer call() throws IOException {
    stream.check(window >= 1, "--retrain-days must be 1 or more");
    DriftSettings settings = stream.settings(days, 1, window);
    List<ComparedModel> models = new DriftRun(settings).run();
    DriftReport report = new DriftReport(settings, models, stream.replicates);
    PrintWriter out = out();
    if (asJson()) {
      out.println(report.json());
      out.flush();
    } else {
      report.print(out);
    }
    if (plot.isPresent()) {
      Files.writeString(plot.get(), report.plot());
    }
    return 0;
  }
}
