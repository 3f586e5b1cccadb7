package io.freshet.lab.labels.drift;

import io.freshet.config.LearnerConfig;
import io.freshet.config.option.ConfigException;
import io.freshet.evaluate.offline.Bootstrap;
import io.freshet.evaluate.offline.Bootstrap.Estimate;
import io.freshet.evaluate.offline.ScoredExamples;
import io.freshet.lab.bench.measure.Benchmark;
import io.freshet.lab.bench.measure.FigureTable;
import io.freshet.lab.bench.measure.FigureTable.Form;
import io.freshet.lab.labels.drift.DriftOptions.DriftSettings;
import io.freshet.lab.labels.drift.VariantsRun.Variant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What settings are worth on a long stream. */
@Command(
    name = "variants",
    showDefaultValues = true,
    description = {
      "Compares learners of different settings on one simulated stream of drifting tastes.",
      "",
      "It follows the stream in event time, in this process and one thread. Each learner predicts"
          + " an example just before it learns it. The first has the defaults; each --variant adds"
          + " one of other settings. Excess is the expected loss over that of the truth, without"
          + " the noise of labels. Intervals are by the bootstrap over blocks of six hours."
    },
    footer = {
      "",
      "Example:",
      "  java -jar freshet.jar bench variants --days 90 --variant"
          + " train.first-order-optimizer.accumulator-cap=100"
    })
public final class VariantsCommand extends Benchmark {
  private static final String DEFAULTS =
      "{kafka: {bootstrap-servers: 'none:1'}, features: [{name: user, kind: categorical}]}";
  private static final Duration BLOCK = Duration.ofHours(6);

  @Mixin private DriftOptions stream;

  @Option(
      names = "--variant",
      paramLabel = "KEY=VALUE[;KEY=VALUE]",
      description = "A learner of other settings; repeatable.")
  private List<String> others = new ArrayList<>();

  @Option(names = "--days", paramLabel = "N", description = "Simulated days.")
  private int days = 90;

  @Option(names = "--last", paramLabel = "N", description = "Last days measured by themselves.")
  private int last = 10;

  @Override
  public Integer call() {
    DriftSettings settings = stream.settings(days, 0, 1);
    int measured = days - stream.warmUp;
    stream.check(
        last >= 1 && last <= measured, "--last must be 1 or more, and at most those measured");
    List<String> names = new ArrayList<>(List.of("defaults"));
    names.addAll(others);
    List<LearnerConfig> each = new ArrayList<>(List.of(config(List.of())));
    others.forEach(other -> each.add(config(List.of(other.split(";")))));
    tell(new VariantsRun(settings, last, names, each).run());
    return 0;
  }

  private LearnerConfig config(List<String> overrides) {
    try {
      return LearnerConfig.parse(DEFAULTS, "defaults", overrides);
    } catch (ConfigException e) {
      throw wrong(e.getMessage());
    }
  }

  private void tell(List<Variant> variants) {
    String days = "last %s d".formatted(last);
    FigureTable<Line> lines =
        new FigureTable<Line>(out(), Form.LINES.orTable(asJson()))
            .column("variant", "", "%-60s", line -> line.of.name)
            .json("days", line -> this.days - stream.warmUp)
            .json("last_days", line -> last)
            .column("logloss", "logloss", "%8.4f", line -> line.of.all.metrics().logloss())
            .column("excess_loss", "excess", "%8.4f", line -> line.of.all.excess())
            .column("last_logloss", days, "%8.4f", line -> line.of.last.metrics().logloss())
            .column("last_excess_loss", "excess", "%8.4f", line -> line.of.last.excess())
            .json("last_to_defaults", line -> line.difference.value())
            .json("interval", Line::half)
            .text(
                days + " to defaults",
                "%19s",
                line ->
                    String.format(
                        Locale.ROOT, "%+.4f ± %.4f", line.difference.value(), line.half()))
            .begin();
    Bootstrap bootstrap = new Bootstrap(Optional.of(BLOCK), stream.replicates, stream.seed);
    for (Variant variant : variants) {
      var pairs = ScoredExamples.pair(variants.get(0).examples, variant.examples);
      lines.add(new Line(variant, bootstrap.compare(pairs).difference().get("logloss")));
    }
  }

  /** A variant, and how its last days differ from those of the defaults. */
  private record Line(Variant of, Estimate difference) {
    double half() {
      return (difference.high() - difference.low()) / 2;
    }
  }
}
