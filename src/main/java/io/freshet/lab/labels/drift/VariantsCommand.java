package io.freshet.lab.labels.drift;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.config.LearnerConfig;
import io.freshet.config.option.ConfigException;
import io.freshet.evaluate.offline.Bootstrap;
import io.freshet.evaluate.offline.Bootstrap.Estimate;
import io.freshet.evaluate.offline.ScoredExamples;
import io.freshet.lab.labels.drift.VariantsRun.Variant;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What settings are worth on a long stream. */
@Command(
    name = "variants",
    mixinStandardHelpOptions = true,
    sortOptions = false,
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
          + " train.first-order-optimizer.accumulator-cap=100",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage."
    })
public final class VariantsCommand implements Callable<Integer> {
  private static final String DEFAULTS =
      "{kafka: {bootstrap-servers: 'none:1'}, features: [{name: user, kind: categorical}]}";
  private static final String ROW = "%-60s %8s %8s %8s %8s %19s%n";
  private static final Duration BLOCK = Duration.ofHours(6);

  @Spec private CommandSpec spec;
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

  @Option(names = "--json", description = "Print a JSON object a line instead of a table.")
  private boolean json;

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
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private void tell(List<Variant> variants) {
    PrintWriter out = spec.commandLine().getOut();
    if (!json) {
      String days = "last %d d".formatted(last);
      out.printf(ROW, "", "logloss", "excess", days, "excess", days + " to defaults");
    }
    Bootstrap bootstrap = new Bootstrap(Optional.of(BLOCK), stream.replicates, stream.seed);
    for (Variant variant : variants) {
      var pairs = ScoredExamples.pair(variants.get(0).examples(), variant.examples());
      tell(out, variant, bootstrap.compare(pairs).difference().get("logloss"));
    }
    out.flush();
  }

  private void tell(PrintWriter out, Variant variant, Estimate difference) {
    double half = (difference.high() - difference.low()) / 2;
    if (json) {
      ObjectNode line = JsonNodeFactory.instance.objectNode();
      line.put("variant", variant.name()).put("days", days - stream.warmUp).put("last_days", last);
      line.put("logloss", variant.all().metrics().logloss());
      line.put("excess_loss", variant.all().excess());
      line.put("last_logloss", variant.last().metrics().logloss());
      line.put("last_excess_loss", variant.last().excess());
      line.put("last_to_defaults", difference.value()).put("interval", half);
      out.println(line);
    } else {
      out.printf(
          ROW,
          variant.name(),
          "%.4f".formatted(variant.all().metrics().logloss()),
          "%.4f".formatted(variant.all().excess()),
          "%.4f".formatted(variant.last().metrics().logloss()),
          "%.4f".formatted(variant.last().excess()),
          "%+.4f ± %.4f".formatted(difference.value(), half));
    }
  }
}
