package io.freshet.cli.status;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import org.apache.flink.metrics.CharacterFilter;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.LogicalScopeProvider;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricGroup;

/**
 * Counters and gauges of the operators in this process, by their names in Prometheus. Tasks add and
 * remove them while others read.
 */
final class RunMetrics {
  private static final CharacterFilter FILTER = text -> text.replaceAll("[^a-zA-Z0-9:_]", "_");
  private static final String OPERATORS = "taskmanager_job_task_operator";

  private final Map<Metric, Key> keys = new IdentityHashMap<>();

  private record Key(String operator, String name) {}

  synchronized void add(Metric metric, String name, MetricGroup group) {
    String operator = group.getAllVariables().get("<operator_name>");
    String scope = LogicalScopeProvider.castFrom(group).getLogicalScope(FILTER, '_');
    if (operator != null && scope.startsWith(OPERATORS)) {
      String within = scope.substring(OPERATORS.length()) + "_" + FILTER.filterCharacters(name);
      keys.put(metric, new Key(FILTER.filterCharacters(operator), within.substring(1)));
    }
  }

  synchronized void remove(Metric metric) {
    keys.remove(metric);
  }

  /** The sum over subtasks; empty if no subtask has it, or it is not defined yet. */
  OptionalDouble sum(String operator, String name) {
    double[] values = values(operator, name);
    double sum = DoubleStream.of(values).sum();
    return values.length == 0 || Double.isNaN(sum)
        ? OptionalDouble.empty()
        : OptionalDouble.of(sum);
  }

  /** The minimum over subtasks. */
  OptionalDouble least(String operator, String name) {
    return DoubleStream.of(values(operator, name)).min();
  }

  private synchronized double[] values(String operator, String name) {
    Key wanted = new Key(operator, name);
    return keys.entrySet().stream()
        .filter(entry -> entry.getValue().equals(wanted))
        .mapToDouble(entry -> value(entry.getKey()))
        .toArray();
  }

  private static double value(Metric metric) {
    if (metric instanceof Counter counter) {
      return counter.getCount();
    }
    if (metric instanceof Gauge<?> gauge && gauge.getValue() instanceof Number number) {
      return number.doubleValue();
    }
    return Double.NaN;
  }
}
