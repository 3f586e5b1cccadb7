package io.freshet.lab.ops;

import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.flink.metrics.CharacterFilter;
import org.apache.flink.metrics.LogicalScopeProvider;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/**
 * A reporter that notes which metrics our own code registers, by the name that Prometheus' reporter
 * gives them: {@code flink_}, the logical scope, the name, and {@code _} for what Prometheus does
 * not allow.
 */
public final class OurMetrics implements MetricReporter {
  private static final CharacterFilter FILTER = text -> text.replaceAll("[^a-zA-Z0-9:_]", "_");
  private static final Map<String, Set<String>> OPERATORS = new TreeMap<>();

  /** What Flink makes reporters with. */
  public static final class Factory implements MetricReporterFactory {
    @Override
    public MetricReporter createMetricReporter(Properties properties) {
      return new OurMetrics();
    }
  }

  /** The operators that have each metric. */
  static Map<String, Set<String>> registered() {
    synchronized (OPERATORS) {
      return new TreeMap<>(OPERATORS);
    }
  }

  @Override
  public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
    if (!isOurs()) {
      return;
    }
    String scope = LogicalScopeProvider.castFrom(group).getLogicalScope(FILTER, '_');
    String operator = group.getAllVariables().get("<operator_name>");
    synchronized (OPERATORS) {
      OPERATORS
          .computeIfAbsent(
              "flink_" + scope + "_" + FILTER.filterCharacters(name), n -> new TreeSet<>())
          .add(FILTER.filterCharacters(operator));
    }
  }

  /** Who calls Flink's metrics is who registers one. */
  private static boolean isOurs() {
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames
                    .map(StackWalker.StackFrame::getClassName)
                    .filter(name -> !name.startsWith("io.freshet.lab.ops."))
                    .filter(name -> !name.startsWith("org.apache.flink.metrics."))
                    .filter(name -> !name.startsWith("org.apache.flink.runtime.metrics."))
                    .findFirst()
                    .orElse("")
                    .startsWith("io.freshet."));
  }

  @Override
  public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {}

  @Override
  public void open(MetricConfig config) {}

  @Override
  public void close() {}
}
