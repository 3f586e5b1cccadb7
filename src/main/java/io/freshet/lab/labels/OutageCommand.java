package io.freshet.lab.labels;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.feature.example.LabelPolicy;
import io.freshet.feature.example.LabelSettings;
import io.freshet.join.BreakerSettings;
import io.freshet.join.JoinSettings;
import io.freshet.lab.labels.OutageTraffic.Fate;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** An outage of the clicks, with the breaker and without it. */
@Command(
    name = "outage",
    mixinStandardHelpOptions = true,
    sortOptions = false,
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
      "  java -jar freshet.jar bench outage --minutes 60 --action learn --json",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage."
    })
public final class OutageCommand implements Callable<Integer> {
  private static final Duration START = Duration.ofMinutes(315);
  private static final Duration AFTER = Duration.ofMinutes(60);

  @Spec private CommandSpec spec;

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

  @Option(names = "--json", description = "Print one JSON array instead of a table.")
  private boolean json;

  private final ArrayNode rows = new ObjectMapper().createArrayNode();

  @Override
  public Integer call() {
    if (!(perSecond > 0) || delay < 1 || minutes < 1) {
      throw new ParameterException(
          spec.commandLine(), "--per-second must be above 0, --delay and --minutes 1 or more");
    }
    PrintWriter out = spec.commandLine().getOut();
    Duration length = Duration.ofMinutes(minutes);
    long seconds = START.plus(length).plus(AFTER).toSeconds();
    var conditions =
        new LabelConditions(seed, (long) (seconds * perSecond), perSecond, clickRate, 0.05, false);
    LabelTraffic whole =
        LabelTraffic.of(conditions, Duration.ofMinutes(delay), LabelComparison.WINDOW);
    header(out);
    for (Fate fate : Fate.values()) {
      OutageTraffic traffic = OutageTraffic.of(whole, START, length, fate);
      for (LabelPolicy policy : LabelPolicy.values()) {
        for (boolean enabled : List.of(false, true)) {
          add(out, fate, policy, enabled, new OutageRun(traffic, join(policy, enabled)).run());
        }
      }
    }
    if (json) {
      out.println(rows);
    }
    out.flush();
    return 0;
  }

  private JoinSettings join(LabelPolicy policy, boolean enabled) {
    BreakerSettings breaker = BreakerSettings.DEFAULT.with(action);
    return JoinSettings.DEFAULT
        .with(LabelSettings.of(policy))
        .with(enabled ? breaker : breaker.disabled());
  }

  private void header(PrintWriter out) {
    if (!json) {
      out.printf("%-8s %-26s %-8s", "clicks", "policy", "breaker");
      OutageTraffic.PHASES.forEach(phase -> out.printf(" %15s", phase));
      out.printf(" %9s %7s%n", "learned", "lost");
      out.flush();
    }
  }

  private void add(PrintWriter out, Fate fate, LabelPolicy policy, boolean enabled, OutageRun run) {
    String clicks = fate.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    if (json) {
      ObjectNode row = rows.addObject();
      row.put("clicks", clicks);
      row.put("policy", LabelComparison.name(policy));
      row.put("breaker", enabled);
      ObjectNode calibration = row.putObject("calibration");
      ObjectNode excess = row.putObject("excess_loss");
      for (int i = 0; i < OutageTraffic.PHASES.size(); i++) {
        calibration.put(OutageTraffic.PHASES.get(i), run.phases().get(i).calibration());
        excess.put(OutageTraffic.PHASES.get(i), run.phases().get(i).excess());
      }
      row.put("learned", run.learned());
      row.put("lost", run.lost());
      return;
    }
    out.printf("%-8s %-26s %-8s", clicks, LabelComparison.name(policy), enabled ? "on" : "off");
    run.phases().forEach(scores -> out.printf(" %15.3f", scores.calibration()));
    out.printf(" %,9d %,7d%n", run.learned(), run.lost());
    out.flush();
  }
}
