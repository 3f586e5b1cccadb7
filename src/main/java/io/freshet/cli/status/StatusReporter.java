package io.freshet.cli.status;

import io.freshet.cli.status.RunStatus.Phase;
import java.util.Properties;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;
import org.apache.flink.metrics.reporter.Scheduled;

/**
 * Reports the progress of a run in this process as one line on stderr: redrawn each second on a
 * terminal; elsewhere once a minute, and when the run begins to read or to learn.
 */
public final class StatusReporter implements MetricReporter, Scheduled {
  private static final String KEY = "metrics.reporter.status.";
  private static final String RUN = "run";
  private static final String WAIT = "wait";
  private static final long LINE_NANOS = 60_000_000_000L;

  private final RunMetrics metrics;
  private final RunConsole console;
  private RunStatus status;
  private Phase lastPhase = Phase.STARTING;
  private long lastLine = System.nanoTime();

  StatusReporter(RunMetrics metrics, RunConsole console) {
    this.metrics = metrics;
    this.console = console;
    status = new RunStatus(metrics, "");
  }

  /** Makes the reporter of the run that the settings name. */
  public static final class Factory implements MetricReporterFactory {
    @Override
    public MetricReporter createMetricReporter(Properties properties) {
      return LocalTraining.named(properties.getProperty(RUN)).reporter();
    }
  }

  /**
   * Adds the reporter to the settings of a run in this process.
   *
   * @param run names the run in this process
   * @param wait what labels wait for, as text
   */
  static void addTo(Configuration flink, String run, String wait) {
    flink.setString(KEY + "factory.class", Factory.class.getName());
    flink.setString(KEY + "interval", "1 s");
    flink.setString(KEY + RUN, run);
    flink.setString(KEY + WAIT, wait);
  }

  @Override
  public void open(MetricConfig config) {
    status = new RunStatus(metrics, config.getString(WAIT, ""));
  }

  @Override
  public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
    metrics.add(metric, name, group);
  }

  @Override
  public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {
    metrics.remove(metric, name, group);
  }

  @Override
  public void report() {
    print(System.nanoTime());
  }

  void print(long now) {
    Phase phase = status.phase();
    if (console.isTerminal()) {
      console.draw(status.text(now));
    } else if (phase != lastPhase || now - lastLine >= LINE_NANOS) {
      console.line(status.text(now));
      lastLine = now;
    }
    lastPhase = phase;
  }

  @Override
  public void close() {
    console.end();
  }
}
