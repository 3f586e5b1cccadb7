package io.freshet.lab.bench.quality;

import io.freshet.config.option.ConfigException;
import io.freshet.lab.bench.measure.Benchmark;
import io.freshet.lab.bench.measure.FigureTable;
import io.freshet.lab.bench.measure.FigureTable.Form;
import io.freshet.lab.bench.quality.StoredFigures.Stored;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
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
      "Each example is predicted before it is learned: by the single-thread learner, and of some"
          + " streams by the job with 1, 2 and 4 trainers. rel is the logloss after the first"
          + " examples (1,000, or four batches of each trainer) over that of the running base rate,"
          + " worst the highest of ten windows: above 1 the model is worse than no model. linear is"
          + " logistic regression by FTRL, stored the logloss of the last release. A line fails if"
          + " a bound of its own does not hold, if anything was skipped, or if the logloss is above"
          + " the stored one by more than its noise."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar freshet.jar bench quality --data data",
      "  java -jar freshet.jar bench quality --local --matrix 40 --seed 7",
      "",
      "Exit codes: 0 nothing failed, 1 something did, 2 wrong usage."
    })
public final class QualityCommand extends Benchmark {
  private static final int STORED_RUNS = 3;

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

  @Option(names = "--local", description = "Run only the single-thread learner, not the job.")
  private boolean local;

  @Option(
      names = "--matrix",
      paramLabel = "N",
      description = "Run N streams, models and numbers of trainers drawn at random instead.")
  private int matrix;

  @Option(
      names = "--seed",
      description = "Seed of what --matrix draws (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--examples",
      paramLabel = "N",
      description = "Learn only the first N examples of each stream; compare no stored figures.")
  private int examples = Integer.MAX_VALUE;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "Overrides a key of the learner's configuration; repeatable. Compares no stored figures.")
  private List<String> overrides = new ArrayList<>();

  @Option(
      names = "--store",
      paramLabel = "FILE",
      description =
          "Write the figures of what passes, with the noise of three seeds of the model, as the CSV"
              + " that the next release is compared with.")
  private Path store;

  private record Line(
      String name,
      QualityFigures figures,
      QualityFigures linear,
      Optional<Stored> stored,
      List<String> failures) {

    String verdict() {
      return failures.isEmpty() ? "pass" : "FAIL " + String.join(", ", failures);
    }
  }

  @Override
  public Integer call() throws Exception {
    check(matrix >= 0, "--matrix must be 0 or more");
    check(examples >= 1, "--examples must be 1 or more");
    check(data == null || Files.isDirectory(data), "--data " + data + " is no directory");
    List<QualityStream> streams = streams();
    try {
      streams.forEach(stream -> stream.config(overrides));
    } catch (ConfigException e) {
      e.problems().forEach(err()::println);
      return 2;
    }
    return measure(streams) ? 0 : 1;
  }

  /** Returns whether all is as it should be. */
  private boolean measure(List<QualityStream> streams) throws Exception {
    StoredFigures last = StoredFigures.read();
    FigureTable<Line> table = table();
    Map<String, QualityFigures> measured = new HashMap<>();
    List<Stored> stored = new ArrayList<>();
    boolean isGood = true;
    for (QualityStream stream : streams) {
      QualityFigures linear = stream.linear(examples);
      for (int trainers : stream.bounds().keySet()) {
        if (trainers != QualityStream.LOCAL && local) {
          continue;
        }
        QualityFigures figures = stream.learn(trainers, overrides, examples);
        Line line = line(stream, trainers, figures, linear, last, measured);
        table.add(line);
        measured.put(line.name, figures);
        isGood &= line.failures.isEmpty();
        if (store != null && line.failures.isEmpty()) {
          stored.add(Stored.of(line.name, again(stream, trainers, figures)));
        }
      }
    }
    table.end();
    if (store != null) {
      StoredFigures.write(store, stored);
    }
    return isGood;
  }

  /** The figures, and those of other seeds: they show the noise. */
  private List<QualityFigures> again(QualityStream stream, int trainers, QualityFigures figures)
      throws Exception {
    List<QualityFigures> runs = new ArrayList<>(List.of(figures));
    for (int seedOfModel = 1; seedOfModel < STORED_RUNS; seedOfModel++) {
      List<String> other = new ArrayList<>(overrides);
      other.add("model.seed=" + seedOfModel);
      runs.add(stream.learn(trainers, other, examples));
    }
    return runs;
  }

  private Line line(
      QualityStream stream,
      int trainers,
      QualityFigures figures,
      QualityFigures linear,
      StoredFigures last,
      Map<String, QualityFigures> measured) {
    String name = stream.name(trainers);
    boolean isAsStored = overrides.isEmpty() && examples == Integer.MAX_VALUE;
    Optional<Stored> stored = last.of(name).filter(figure -> isAsStored);
    List<String> failures = stream.bounds().get(trainers).broken(figures, measured);
    stored.flatMap(figure -> figure.worse(figures)).ifPresent(failures::add);
    return new Line(name, figures, linear, stored, failures);
  }

  private List<QualityStream> streams() throws IOException {
    if (matrix > 0) {
      err().printf("random streams of seed %s%n", seed);
      err().flush();
      return new RandomStreams(seed, local).draw(matrix);
    }
    List<QualityStream> streams =
        StreamFile.read(Optional.ofNullable(data), this::isWanted, err()::println);
    err().flush();
    check(!streams.isEmpty(), "--only " + String.join(",", only) + ": no stream to run");
    return streams;
  }

  private boolean isWanted(String name) {
    return only.isEmpty() || only.stream().anyMatch(name::contains);
  }

  private FigureTable<Line> table() {
    return new FigureTable<Line>(out(), Form.LINES.orTable(asJson()))
        .column("stream", "stream", "%-22s", Line::name)
        .column("examples", "examples", "%,8d", line -> line.figures.examples())
        .column("auc", "AUC", "%6.4f", line -> line.figures.auc())
        .column("logloss", "logloss", "%7.4f", line -> line.figures.logloss())
        .column("ne", "NE", "%7.4f", line -> line.figures.ne())
        .column("calibration", "calib", "%6.3f", line -> line.figures.calibration())
        .column("rel", "rel", "%7.4f", line -> line.figures.rel())
        .column("worst", "worst", "%7.4f", line -> line.figures.worst())
        .column("base_logloss", "base", "%7.4f", line -> line.figures.baseLogloss())
        .column("linear_logloss", "linear", "%7.4f", line -> line.linear.logloss())
        .column("skipped", "skip", "%5d", line -> line.figures.skipped())
        .json("stored_logloss", line -> line.stored.map(Stored::logloss).orElse(null))
        .text(
            "stored",
            "%7s",
            line ->
                line.stored.map(s -> String.format(Locale.ROOT, "%.4f", s.logloss())).orElse("-"))
        .column("verdict", "", "%s", Line::verdict)
        .begin();
  }
}
