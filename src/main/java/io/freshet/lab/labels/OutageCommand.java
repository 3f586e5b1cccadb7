package io.freshet.lab.labels;

import io.freshet.feature.example.LabelPolicy;
import io.freshet.feature.example.LabelSettings;
import io.freshet.join.BreakerSettings;
import io.freshet.join.JoinSettings;
import io.freshet.lab.bench.measure.Benchmark;
import io.freshet.lab.bench.measure.FigureTable;
import io.freshet.lab.bench.measure.FigureTable.Form;
import io.freshet.lab.labels.OutageTraffic.Fate;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** An outage of the clicks, with the breaker and without it. */
@Command(
    name = "outage",
    showDefaultValues = true,
    description = {
      "Cuts the clicks of the simulated stream, or floods it, under each policy.",
      "",
      "It does so for a while of event time, in this process, under each policy of"
          + " labels, with the join's breaker and without it. Calibration is the sum of the"
          + " predictions made at impression time over that of the true probabilities, by"
          + " phase. The learner does not see the hour: under policy wait what is first seen"
          + " of a user in an hour is clicks alone, and a model that knows both swings with"
          + " the hours, outage or not."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar freshet.jar bench outage",
      "  java -jar freshet.jar bench outage --minutes 60 --action learn --json"
    })
public final class OutageCommand extends Benchmark {
  private static final Duration START = Duration.ofMinutes(315);
  private static final Duration AFTER = Duration.ofMinutes(60);

  @Option(names = "--per-second", paramLabel = "N", description = "Impressions in a second.")
  private double perSecond = 12;

  @Option(names = "--click-rate", paramLabel = "P", description = "Share clicked, however late.")
  private double clickRate = 0.2;

  @Option(names = "--delay", paramLabel = "MINUTES", description = "Mean delay of a click.")
  private int delay = 1;

  @Option(names = "--minutes", paramLabel = "N", description = "How long clicks are cut, or false.")
  private int minutes = 10;

  @Option(
      names = "--action",
      paramLabel = "WHAT",
      description = "What the breaker does where clicks are lost: dead_letters, learn, hold.")
  private BreakerSettings.Action action = BreakerSettings.Action.DEAD_LETTERS;

  @Option(names = "--seed", paramLabel = "N", description = "Another seed, another stream.")
  private long seed = 1;

  @Override
  public Integer call() {
    if (!(perSecond > 0) || delay < 1 || minutes < 1) {
      throw wrong("--per-second must be above 0, --delay and --minutes 1 or more");
    }
    Duration length = Duration.ofMinutes(minutes);
    long seconds = START.plus(length).plus(AFTER).toSeconds();
    var conditions =
        new LabelTraffic.Conditions(
            seed, (long) (seconds * perSecond), perSecond, clickRate, 0.05, false);
    LabelTraffic whole =
        LabelTraffic.of(conditions, Duration.ofMinutes(delay), LabelComparison.WINDOW);
    FigureTable<Line> lines = table();
    for (Fate fate : Fate.values()) {
      OutageTraffic traffic = OutageTraffic.of(whole, START, length, fate);
      for (LabelPolicy policy : LabelPolicy.values()) {
        for (boolean enabled : List.of(false, true)) {
          lines.add(
              new Line(fate, policy, enabled, new OutageRun(traffic, join(policy, enabled)).run()));
        }
      }
    }
    lines.end();
    return 0;
  }

  private JoinSettings join(LabelPolicy policy, boolean enabled) {
    BreakerSettings breaker = BreakerSettings.DEFAULT.with(action);
    return JoinSettings.DEFAULT
        .withLabels(LabelSettings.of(policy))
        .withBreaker(enabled ? breaker : breaker.disabled());
  }

  private record Line(Fate fate, LabelPolicy policy, boolean breaker, OutageRun run) {
    String clicks() {
      return fate.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    Map<String, Double> byPhase(ToDoubleFunction<Scores> figure) {
      Map<String, Double> phases = new LinkedHashMap<>();
      for (int i = 0; i < OutageTraffic.PHASES.size(); i++) {
        phases.put(OutageTraffic.PHASES.get(i), figure.applyAsDouble(run.phases().get(i)));
      }
      return phases;
    }
  }

  private FigureTable<Line> table() {
    var table =
        new FigureTable<Line>(out(), Form.ARRAY.orTable(asJson()))
            .column("clicks", "clicks", "%-8s", Line::clicks)
            .column("policy", "policy", "%-26s", line -> LabelComparison.name(line.policy))
            .json("breaker", Line::breaker)
            .text("breaker", "%-8s", line -> line.breaker ? "on" : "off")
            .json("calibration", line -> line.byPhase(Scores::calibration))
            .json("excess_loss", line -> line.byPhase(Scores::excess));
    for (String phase : OutageTraffic.PHASES) {
      table.text(phase, "%15.3f", line -> line.byPhase(Scores::calibration).get(phase));
    }
    return table
        .column("learned", "learned", "%,9d", line -> line.run.learned())
        .column("lost", "lost", "%,7d", line -> line.run.lost())
        .begin();
  }
}
