package io.freshet.cli.status;

import io.freshet.cli.status.RunStatus.Phase;
import io.freshet.config.LearnerConfig;
import io.freshet.config.option.Quantity;
import java.io.PrintStream;
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
  private static final String WINDOW = "window";
  private static final long LINE_NANOS = 60_000_000_000L;

  private final RunMetrics metrics = new RunMetrics();
  private final PrintStream out;
  private final boolean terminal;
  private RunStatus status = new RunStatus(metrics, "");
  private Phase lastPhase = Phase.STARTING;
  private long lastLine = System.nanoTime();
  private boolean drawn;

  StatusReporter(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  public static final class Factory implements MetricReporterFactory {
    @Override
    public MetricReporter createMetricReporter(Properties properties) {
      return new StatusReporter(System.err, System.console() != null);
    }
  }

  /** Adds the reporter to the settings of a run in this process. */
  public static void addTo(Configuration flink, LearnerConfig config) {
    flink.setString(KEY + "factory.class", Factory.class.getName());
    flink.setString(KEY + "interval", "1 s");
    flink.setString(KEY + WINDOW, Quantity.text(config.join().window()));
  }

  @Override
  public void open(MetricConfig config) {
    status = new RunStatus(metrics, config.getString(WINDOW, ""));
  }

  @Override
  public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
    metrics.add(metric, name, group);
  }

  @Override
  public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {
    metrics.remove(metric);
  }

  @Override
  public void report() {
    print(System.nanoTime());
  }

  void print(long now) {
    Phase phase = status.phase();
    if (terminal) {
      out.print("\r\u001b[K" + status.text(now));
      drawn = true;
    } else if (phase != lastPhase || now - lastLine >= LINE_NANOS) {
      out.println(status.text(now));
      lastLine = now;
    }
    lastPhase = phase;
    out.flush();
  }

  @Override
  public void close() {
    if (drawn) {
      out.println();
    }
  }
}
