package io.freshet.lab.demo;

import io.freshet.evaluate.report.Metrics;
import io.freshet.train.LoopFigures;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How well the whole job learns recorded files: its progressive figures, and those of the
 * single-thread learner on the same examples in the order in which they were joined.
 */
public record QualityRun(double auc, double logloss, Metrics local, LoopFigures loop) {

  /**
   * Learns a data set that a mapping in the jar reads.
   *
   * @param out where the job writes
   */
  public static QualityRun of(Path data, List<String> overrides, Path out) throws Exception {
    List<String> settings = new ArrayList<>(List.of("checkpoint.interval=1 d")); // cut no batch
    settings.addAll(overrides);
    var console = new DemoTerminal(new PrintWriter(Writer.nullWriter()), false);
    Files.createDirectories(out);
    DemoOutcome outcome = new Demo(DemoStream.files(data), out, settings, 1, console).run();
    if (!outcome.summary().exactlyOnce()) {
      throw new IOException("not every example counted once");
    }
    return new QualityRun(
        outcome.summary().auc(),
        outcome.summary().logloss(),
        outcome.comparison().localLearner().orElseThrow(),
        outcome.loop());
  }
}
