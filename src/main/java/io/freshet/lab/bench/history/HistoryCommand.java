package io.freshet.lab.bench.history;

import io.freshet.config.option.ConfigException;
import io.freshet.lab.bench.measure.Benchmark;
import io.freshet.lab.bench.measure.FigureTable;
import io.freshet.lab.bench.measure.FigureTable.Form;
import io.freshet.lab.bench.quality.QualityFigures;
import io.freshet.lab.bench.quality.QualityStream;
import io.freshet.lab.bench.quality.StreamFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What the histories of users are worth. */
@Command(
    name = "history",
    description = {
      "Learns MovieLens with the last movies that each user liked, and without.",
      "",
      "One pass in the order of time by the single-thread learner, with the defaults: each rating"
          + " is predicted before it is learned. The history is filled as the job fills it. Figures"
          + " are means over seeds of the model; differences are to the same seeds without history,"
          + " with the half-width of their 95%% interval by Student's t."
    },
    footer = {"", "Example:", "  java -jar freshet.jar bench history --data data"})
public final class HistoryCommand extends Benchmark {
  private static final String STREAM = "movielens";

  /** Of Student's t, two-sided, from one degree of freedom on. */
  private static final double[] T95 = {
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131
  };

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "Where the folder ml-latest-small is.")
  private Path data;

  @Option(
      names = "--length",
      paramLabel = "N",
      description = "Movies of a history (default: ${DEFAULT-VALUE}).")
  private int length = 30;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "Seeds of the model, 2 to 16 (default: ${DEFAULT-VALUE}).")
  private int seeds = 8;

  @Option(names = "--examples", paramLabel = "N", description = "Learn only the first N ratings.")
  private int examples = Integer.MAX_VALUE;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Overrides a key of the learner's configuration; repeatable.")
  private List<String> overrides = new ArrayList<>();

  private record Line(String history, List<QualityFigures> runs, List<QualityFigures> without) {
    double mean(ToDoubleFunction<QualityFigures> figure) {
      return runs.stream().mapToDouble(figure).average().orElseThrow();
    }

    double gain(ToDoubleFunction<QualityFigures> figure) {
      return differences(figure).average().orElseThrow();
    }

    double interval(ToDoubleFunction<QualityFigures> figure) {
      int n = runs.size();
      double mean = gain(figure);
      double squares = differences(figure).map(d -> (d - mean) * (d - mean)).sum();
      return T95[n - 2] * Math.sqrt(squares / (n - 1) / n);
    }

    private DoubleStream differences(ToDoubleFunction<QualityFigures> figure) {
      return IntStream.range(0, runs.size())
          .mapToDouble(
              i -> figure.applyAsDouble(runs.get(i)) - figure.applyAsDouble(without.get(i)));
    }
  }

  @Override
  public Integer call() throws Exception {
    check(seeds >= 2 && seeds <= T95.length + 1, "--seeds must be from 2 to " + (T95.length + 1));
    List<QualityStream> found =
        StreamFile.read(Optional.of(data), STREAM::equals, absent -> err().println(absent));
    check(!found.isEmpty(), "--data " + data + " has no folder ml-latest-small");
    FigureTable<Line> table = table();
    try {
      List<QualityFigures> without = runs(found.get(0));
      table.add(new Line("none", without, without));
      for (var pooling : poolings().entrySet()) {
        QualityStream stream =
            found
                .get(0)
                .with(
                    "{name: liked, kind: sequence, of: movie, length: %s, history: {}, %s}"
                        .formatted(length, pooling.getValue()));
        table.add(new Line(pooling.getKey(), runs(stream), without));
      }
    } catch (ConfigException e) {
      e.problems().forEach(err()::println);
      return 2;
    }
    table.end();
    return 0;
  }

  private static Map<String, String> poolings() {
    Map<String, String> poolings = new LinkedHashMap<>();
    poolings.put("last", "pooling: last");
    poolings.put("mean", "pooling: mean");
    poolings.put("attention, din", "pooling: attention");
    poolings.put("attention, dot", "pooling: attention, score: dot");
    return poolings;
  }

  private List<QualityFigures> runs(QualityStream stream) throws Exception {
    List<QualityFigures> runs = new ArrayList<>();
    for (int seed = 1; seed <= seeds; seed++) {
      List<String> all = new ArrayList<>(overrides);
      all.add("model.seed=" + seed);
      runs.add(stream.learn(QualityStream.LOCAL, all, examples));
    }
    return runs;
  }

  private FigureTable<Line> table() {
    return new FigureTable<Line>(out(), Form.LINES.orTable(asJson()))
        .column("history", "history", "%-16s", Line::history)
        .column("auc", "AUC", "%6.4f", line -> line.mean(QualityFigures::auc))
        .column("auc_gain", "gain", "%+8.4f", line -> line.gain(QualityFigures::auc))
        .column("auc_interval", "±", "%7.4f", line -> line.interval(QualityFigures::auc))
        .column("logloss", "logloss", "%7.4f", line -> line.mean(QualityFigures::logloss))
        .column("logloss_gain", "gain", "%+8.4f", line -> line.gain(QualityFigures::logloss))
        .column("logloss_interval", "±", "%7.4f", line -> line.interval(QualityFigures::logloss))
        .begin();
  }
}
