package io.freshet.lab.bench.quality;

import io.freshet.lab.bench.measure.Benchmark;
import io.freshet.lab.bench.measure.FigureTable;
import io.freshet.lab.bench.measure.FigureTable.Form;
import io.freshet.lab.bench.quality.LocalQuality.Result;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How well the defaults learn. */
@Command(
    name = "quality",
    description = {
      "Learns streams of many kinds with the defaults, and says how well.",
      "",
      "Each example is predicted before it is learned. rel is the logloss after the first examples"
          + " (1,000, or four batches) over that of the running base rate, worst the highest of"
          + " ten windows: above 1 the model is worse than no model. linear is logistic regression"
          + " by FTRL. A stream fails if a bound of its own does not hold, or if anything was"
          + " skipped."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar freshet.jar bench quality --data data",
      "  java -jar freshet.jar bench quality --matrix 40 --seed 7",
      "",
      "Exit codes: 0 all bounds hold, 1 one does not, 2 wrong usage."
    })
public final class QualityCommand extends Benchmark {

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where the folders ml-latest-small, criteo-sample and obd-men are.")
  private Path data;

  @Option(
      names = "--only",
      paramLabel = "TEXT",
      split = ",",
      description = "Run only the streams whose name contains one of these.")
  private List<String> only = new ArrayList<>();

  @Option(
      names = "--matrix",
      paramLabel = "N",
      description = "Run N streams and learners drawn at random instead.")
  private int matrix;

  @Option(
      names = "--seed",
      description = "Seed of what --matrix draws (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--examples",
      paramLabel = "N",
      description = "Learn only the first N examples of each stream.")
  private int examples = Integer.MAX_VALUE;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Overrides a key of the learner's configuration; repeatable.")
  private List<String> overrides = new ArrayList<>();

  private record Line(QualityStream stream, Result result, List<String> broken) {
    QualityFigures figures() {
      return result.learner();
    }

    String verdict() {
      return broken.isEmpty() ? "PASS" : "FAIL " + String.join(", ", broken);
    }
  }

  @Override
  public Integer call() throws Exception {
    check(matrix >= 0, "--matrix must be 0 or more");
    check(examples >= 1, "--examples must be 1 or more");
    FigureTable<Line> table = table();
    Map<String, QualityFigures> measured = new HashMap<>();
    boolean good = true;
    for (QualityStream stream : streams()) {
      Result result = new LocalQuality(stream, overrides).run(examples);
      List<String> broken = stream.bounds().broken(result.learner(), measured);
      measured.put(stream.name(), result.learner());
      good &= broken.isEmpty();
      table.add(new Line(stream, result, broken));
    }
    return good ? 0 : 1;
  }

  private List<QualityStream> streams() throws Exception {
    if (matrix > 0) {
      err().printf("random streams of seed %s%n", seed);
      return new RandomStreams(seed).draw(matrix);
    }
    List<QualityStream> all =
        new ArrayList<>(StreamFile.read(Optional.ofNullable(data), err()::println));
    all.removeIf(stream -> !only.isEmpty() && only.stream().noneMatch(stream.name()::contains));
    check(!all.isEmpty(), "--only: no stream of that name");
    return all;
  }

  private FigureTable<Line> table() {
    return new FigureTable<Line>(out(), Form.LINES.orTable(asJson()))
        .column("stream", "stream", "%-18s", line -> line.stream.name())
        .column("examples", "examples", "%,8d", line -> line.figures().examples())
        .column("auc", "AUC", "%6.4f", line -> line.figures().auc())
        .column("logloss", "logloss", "%7.4f", line -> line.figures().logloss())
        .column("ne", "NE", "%7.4f", line -> line.figures().ne())
        .column("calibration", "calib", "%6.3f", line -> line.figures().calibration())
        .column("rel", "rel", "%7.4f", line -> line.figures().rel())
        .column("worst", "worst", "%7.4f", line -> line.figures().worst())
        .column("base_logloss", "base", "%7.4f", line -> line.figures().baseLogloss())
        .column("linear_logloss", "linear", "%7.4f", line -> line.result.linear().logloss())
        .column("linear_rel", "lin.rel", "%7.4f", line -> line.result.linear().rel())
        .column("skipped", "skip", "%4d", line -> line.figures().skipped())
        .column("verdict", "", "%s", Line::verdict)
        .begin();
  }
}
