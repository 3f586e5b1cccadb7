package io.freshet.lab.labels;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.evaluate.report.Metrics;
import io.freshet.feature.example.LabelPolicy;
import io.freshet.feature.example.LabelSettings;
import io.freshet.feature.example.LabelSettings.Sampling;
import io.freshet.join.JoinSettings;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Down-sampling of negatives on the simulated stream. */
@Command(
    name = "sampling",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    showDefaultValues = true,
    description = {
      "Learns the simulated stream with a share of its negatives, and with all of them.",
      "",
      "Figures are of predictions of impression time against final labels, over the second half of"
          + " the stream. The speed is that of a second run without these predictions: impressions"
          + " in a second of the thread's CPU time, join and learner together."
    },
    footer = {
      "",
      "Example:",
      "  java -jar freshet.jar bench sampling --rate 0.05",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage."
    })
public final class SamplingCommand implements Callable<Integer> {
  private static final Duration DELAY = Duration.ofMinutes(5);

  @Spec private CommandSpec spec;

  @Option(names = "--impressions", paramLabel = "N", description = "Impressions in the stream.")
  private long impressions = 900_000;

  @Option(names = "--click-rate", paramLabel = "P", description = "Share clicked.")
  private double clickRate = 0.1;

  @Option(
      names = "--rate",
      paramLabel = "R",
      description = "Share of the negatives that is learned.")
  private double rate = 0.1;

  @Option(names = "--seed", paramLabel = "N", description = "Another seed, another stream.")
  private long seed = 1;

  @Option(names = "--json", description = "Print one JSON array instead of a table.")
  private boolean json;

  private final ArrayNode rows = JsonNodeFactory.instance.arrayNode();

  @Override
  public Integer call() {
    if (impressions < 1000 || !(rate > 0 && rate < 1)) {
      throw new ParameterException(
          spec.commandLine(), "--impressions must be 1000 or more, --rate above 0 and below 1");
    }
    PrintWriter out = spec.commandLine().getOut();
    var conditions = new LabelConditions(seed, impressions, 20, clickRate, 0.05, true);
    LabelTraffic traffic = LabelTraffic.of(conditions, DELAY, LabelComparison.WINDOW);
    if (!json) {
      header(out);
    }
    settings().forEach((name, labels) -> line(out, name, labels, traffic));
    if (json) {
      out.println(rows);
    }
    out.flush();
    return 0;
  }

  private static void header(PrintWriter out) {
    out.printf(
        "%-36s %8s %8s %8s %11s %11s %9s %15s%n",
        "", "clicks", "logloss", "NE", "calibration", "..to truth", "learned", "impressions/s");
  }

  private Map<String, LabelSettings> settings() {
    LabelSettings wait = LabelSettings.DEFAULT;
    LabelSettings weighted = LabelSettings.of(LabelPolicy.FAKE_NEGATIVE_WEIGHTED);
    LabelSettings calibrated = LabelSettings.of(LabelPolicy.FAKE_NEGATIVE_CALIBRATION);
    Map<String, LabelSettings> settings = new LinkedHashMap<>();
    settings.put("wait", wait);
    settings.put("wait, log-odds", wait.withNegatives(rate, Sampling.LOG_ODDS));
    settings.put("wait, weight", wait.withNegatives(rate, Sampling.WEIGHT));
    LabelSettings full = LabelSettings.of(LabelPolicy.FULL_WAIT);
    settings.put("full-wait", full);
    settings.put("full-wait, log-odds", full.withNegatives(rate, Sampling.LOG_ODDS));
    settings.put("full-wait, weight", full.withNegatives(rate, Sampling.WEIGHT));
    settings.put("fake-negative-weighted", weighted);
    settings.put("fake-negative-weighted, r", weighted.withNegatives(rate, Sampling.LOG_ODDS));
    settings.put("fake-negative-calibration", calibrated);
    settings.put("fake-negative-calibration, r", calibrated.withNegatives(rate, Sampling.LOG_ODDS));
    return settings;
  }

  private void line(PrintWriter out, String name, LabelSettings labels, LabelTraffic traffic) {
    JoinSettings join = JoinSettings.DEFAULT.with(labels);
    long from = traffic.middle();
    Scores scores = new PolicyRun(traffic, from, join.withScoredShare(1)).run().scores();
    PolicyRun timed = new PolicyRun(traffic, from, join).run();
    Metrics metrics = scores.metrics();
    double perSecond = traffic.truths().size() / timed.seconds();
    if (json) {
      ObjectNode row = rows.addObject().put("policy", name);
      row.put("clicks", metrics.positives());
      row.put("logloss", metrics.logloss()).put("ne", metrics.ne());
      row.put("calibration", metrics.calibration());
      row.put("calibration_to_truth", scores.calibration());
      row.put("learned", timed.learned()).put("impressions_per_cpu_second", perSecond);
      return;
    }
    out.printf(
        "%-36s %,8.0f %8.4f %8.4f %11.4f %11.4f %,9d %,15.0f%n",
        name,
        metrics.positives(),
        metrics.logloss(),
        metrics.ne(),
        metrics.calibration(),
        scores.calibration(),
        timed.learned(),
        perSecond);
    out.flush();
  }
}
