package io.freshet.lab.labels;

import io.freshet.evaluate.report.Metrics;
import io.freshet.feature.example.LabelPolicy;
import io.freshet.feature.example.LabelSettings;
import io.freshet.feature.example.LabelSettings.Sampling;
import io.freshet.join.JoinSettings;
import io.freshet.lab.bench.measure.Benchmark;
import io.freshet.lab.bench.measure.FigureTable;
import io.freshet.lab.bench.measure.FigureTable.Form;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Down-sampling of negatives on the simulated stream. */
@Command(
    name = "sampling",
    showDefaultValues = true,
    description = {
      "Learns the simulated stream with a share of its negatives, and with all of them.",
      "",
      "Figures are of predictions of impression time against final labels, over the second half of"
          + " the stream. The speed is that of a second run without these predictions: impressions"
          + " in a second of the thread's CPU time, join and learner together."
    },
    footer = {"", "Example:", "  java -jar freshet.jar bench sampling --rate 0.05"})
public final class SamplingCommand extends Benchmark {
  private static final Duration DELAY = Duration.ofMinutes(5);

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

  @Override
  public Integer call() {
    if (impressions < 1000 || !(rate > 0 && rate < 1)) {
      throw wrong("--impressions must be 1000 or more, --rate above 0 and below 1");
    }
    var conditions = new LabelTraffic.Conditions(seed, impressions, 20, clickRate, 0.05, true);
    LabelTraffic traffic = LabelTraffic.of(conditions, DELAY, LabelComparison.WINDOW);
    FigureTable<Line> lines = table();
    settings().forEach((name, labels) -> lines.add(line(name, labels, traffic)));
    lines.end();
    return 0;
  }

  private record Line(String policy, Scores scores, long learned, double perSecond) {
    Metrics metrics() {
      return scores.metrics();
    }
  }

  private FigureTable<Line> table() {
    return new FigureTable<Line>(out(), Form.ARRAY.orTable(asJson()))
        .column("policy", "", "%-36s", Line::policy)
        .column("clicks", "clicks", "%,8.0f", line -> line.metrics().positives())
        .column("logloss", "logloss", "%8.4f", line -> line.metrics().logloss())
        .column("ne", "NE", "%8.4f", line -> line.metrics().ne())
        .column("calibration", "calibration", "%11.4f", line -> line.metrics().calibration())
        .column("calibration_to_truth", "..to truth", "%11.4f", line -> line.scores.calibration())
        .column("learned", "learned", "%,9d", Line::learned)
        .column("impressions_per_cpu_second", "impressions/s", "%,15.0f", Line::perSecond)
        .begin();
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

  private static Line line(String name, LabelSettings labels, LabelTraffic traffic) {
    JoinSettings join = JoinSettings.DEFAULT.withLabels(labels);
    long from = traffic.middle();
    Scores scores = new PolicyRun(traffic, from, join.withScoredShare(1)).run().scores();
    PolicyRun timed = new PolicyRun(traffic, from, join).run();
    return new Line(name, scores, timed.learned(), traffic.truths().size() / timed.seconds());
  }
}
