package io.freshet.cli.status;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.metrics.CharacterFilter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.LogicalScopeProvider;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class StatusReporterTest {
  private static final long SECOND = 1_000_000_000L;

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final SimpleCounter impressions = new SimpleCounter();
  private final SimpleCounter examples = new SimpleCounter();
  private final SimpleCounter dead = new SimpleCounter();
  private double logloss = Double.NaN;
  private int breaker;
  private long skipped;
  private long start;

  @BeforeEach
  void begin() {
    start = System.nanoTime();
  }

  @Test
  void linesComeOnceAMinuteAndWhenTheRunBeginsToReadOrToLearn() {
    StatusReporter reporter = reporter(false);
    reporter.print(start + SECOND);
    assertThat(lines()).isEmpty();

    impressions.inc(5_812);
    reporter.print(start + 2 * SECOND);
    reporter.print(start + 3 * SECOND);
    assertThat(lines())
        .containsExactly("5,812 impressions read, no label is settled yet (join.window: 30 min)");

    examples.inc(100);
    reporter.print(start + 10 * SECOND);
    examples.inc(6_000);
    logloss = 0.33124;
    dead.inc(5);
    reporter.print(start + 69 * SECOND);
    reporter.print(start + 70 * SECOND);
    assertThat(lines())
        .containsExactly(
            "5,812 impressions read, no label is settled yet (join.window: 30 min)",
            "100 examples",
            "6,100 examples (100/s), logloss 0.3312, 5 dead letters");
  }

  @Test
  void aTerminalsLineIsDrawnAgain() {
    StatusReporter reporter = reporter(true);
    reporter.print(start + SECOND);
    reporter.print(start + 2 * SECOND);
    reporter.close();

    String drawn = "\r\u001b[K" + "no impression read yet";
    assertThat(printed.toString(UTF_8)).isEqualTo(drawn + drawn + System.lineSeparator());
  }

  @Test
  void theSpeedIsThatOfTheLastMinute() {
    StatusReporter reporter = reporter(true);
    for (int second = 0; second <= 80; second++) {
      if (second % 20 == 19) {
        examples.inc(100); // as time goes on in steps
      }
      reporter.print(start + second * SECOND);
    }

    assertThat(lines()).last().asString().endsWith("400 examples (5/s)");
  }

  @Test
  void whatIsAmissIsSaid() {
    StatusReporter reporter = reporter(false);
    examples.inc();
    breaker = 1;
    reporter.print(start);

    assertThat(lines())
        .containsExactly("1 examples, clicks do not come as they should: time waits");
  }

  @Test
  void eachTaskHasItsOwnFigures() {
    RunMetrics metrics = new RunMetrics();
    StatusReporter reporter = reporter(metrics, false);
    examples.inc();
    logloss = 0.5;
    Operator quality = group("ProgressiveValidation-add-cart");
    reporter.notifyOfAddedMetric((Gauge<Double>) () -> 0.0312, "evaluate_logloss", quality);
    reporter.notifyOfAddedMetric((Gauge<Double>) () -> 0.8, "evaluate_ne", quality);
    reporter.notifyOfAddedMetric((Gauge<Double>) () -> 0.75, "evaluate_auc", quality);
    reporter.notifyOfAddedMetric((Gauge<Integer>) () -> 1, "breaker", group("LabelJoin-add-cart"));
    reporter.print(start);

    assertThat(lines())
        .containsExactly(
            "1 examples, logloss 0.5000, add-cart logloss 0.0312, add-cart AUC 0.7500,"
                + " labels of add-cart do not come as they should: time waits");
    assertThat(new RunSummary(metrics, 1, new Restarts(Duration.ZERO)).text().lines())
        .containsSubsequence(
            "  logloss       0.5000",
            "  task add-cart: logloss 0.0312  (of the base rate 0.0390), NE 0.8000, AUC 0.7500,"
                + " calibration not defined");
  }

  @Test
  void manySkippedExamplesAreReportedEachMinuteUntilTheyEnd() {
    StatusReporter reporter = reporter(true);
    examples.inc(1_000);
    reporter.print(start);
    for (int second = 1; second <= 61; second++) {
      examples.inc(10);
      skipped += second <= 40 ? 1 : 0;
      reporter.print(start + second * SECOND);
    }
    assertThat(lines())
        .last()
        .asString()
        .contains("39 of 600 examples skipped, see the dead letters for why")
        .doesNotContain("gate");
    for (int second = 62; second <= 100; second++) {
      examples.inc(10);
      reporter.print(start + second * SECOND);
    }
    assertThat(lines()).last().asString().endsWith("2,000 examples (10/s)");
  }

  @Test
  void aWithheldVersionIsReported() {
    StatusReporter reporter = reporter(false);
    reporter.notifyOfAddedMetric(
        (Gauge<Boolean>) () -> true, "snapshot_last_withheld", group("SnapshotPublisher"));
    examples.inc();
    reporter.print(start);

    assertThat(lines()).containsExactly("1 examples, the gate withholds the newest version");
  }

  @Test
  void aModelThatPredictsNothingIsReported() {
    StatusReporter reporter = reporter(false);
    double[] base = {0.3};
    reporter.notifyOfAddedMetric(
        (Gauge<Double>) () -> base[0], "expert_weight_base_rate", group("DenseMerger"));
    reporter.notifyOfAddedMetric(
        (Gauge<Double>) () -> 0.25, "expert_weight_first_order", group("DenseMerger"));
    examples.inc();
    reporter.print(start);
    assertThat(lines()).last().asString().endsWith("1 examples");

    base[0] = 0.75;
    reporter.print(start + 61 * SECOND);
    assertThat(lines())
        .last()
        .asString()
        .endsWith(
            ", the model is not trusted: predictions are 75 % the base rate's, 25 % those of"
                + " first-order weights");
  }

  @Test
  void afterTheEndOfTheTopicsTheLineSaysWhatWasRead() {
    StatusReporter reporter = reporter(false);
    impressions.inc(60);
    reporter.notifyOfRemovedMetric(impressions, "events", group("route impressions"));
    reporter.print(start);
    examples.inc(50);
    reporter.notifyOfRemovedMetric(examples, "examples", group("Trainer"));
    reporter.print(start + SECOND);

    assertThat(lines())
        .containsExactly(
            "60 impressions read, no label is settled yet (join.window: 30 min)", "50 examples");
  }

  @Test
  void aRestartedTasksMetricsReplaceThoseOfTheOneBefore() {
    StatusReporter reporter = reporter(false);
    examples.inc(7);
    SimpleCounter other = new SimpleCounter();
    other.inc(3);
    reporter.notifyOfRemovedMetric(examples, "examples", group("Trainer"));
    reporter.notifyOfAddedMetric(other, "examples", group("Trainer"));
    reporter.print(start);

    assertThat(lines()).containsExactly("3 examples");
  }

  private StatusReporter reporter(boolean terminal) {
    return reporter(new RunMetrics(), terminal);
  }

  private StatusReporter reporter(RunMetrics metrics, boolean terminal) {
    RunConsole console = new RunConsole(new PrintStream(printed, true, UTF_8), terminal);
    StatusReporter reporter = new StatusReporter(metrics, console);
    MetricConfig config = new MetricConfig();
    config.setProperty("wait", "join.window: 30 min");
    reporter.open(config);
    reporter.notifyOfAddedMetric(impressions, "events", group("route impressions"));
    reporter.notifyOfAddedMetric(dead, "dead_letters", group("route clicks"));
    reporter.notifyOfAddedMetric(examples, "examples", group("Trainer"));
    reporter.notifyOfAddedMetric((Gauge<Long>) () -> skipped, "skipped", group("Trainer"));
    reporter.notifyOfAddedMetric((Gauge<Integer>) () -> breaker, "breaker", group("LabelJoin"));
    reporter.notifyOfAddedMetric(
        (Gauge<Double>) () -> logloss, "evaluate_logloss", group("ProgressiveValidation"));
    return reporter;
  }

  private List<String> lines() {
    return printed.toString(UTF_8).lines().toList();
  }

  private static Operator group(String name) {
    return new Operator(name);
  }

  /** An operator's group, as Flink makes them. */
  private static final class Operator extends UnregisteredMetricsGroup
      implements LogicalScopeProvider {
    private final String name;

    Operator(String name) {
      this.name = name;
    }

    @Override
    public Map<String, String> getAllVariables() {
      return Map.of("<operator_name>", name);
    }

    @Override
    public String getLogicalScope(CharacterFilter filter) {
      return getLogicalScope(filter, '.');
    }

    @Override
    public String getLogicalScope(CharacterFilter filter, char delimiter) {
      return String.join(String.valueOf(delimiter), "taskmanager", "job", "task", "operator");
    }

    @Override
    public MetricGroup getWrappedMetricGroup() {
      return this;
    }
  }
}
