package io.freshet.cli.status;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.apache.flink.metrics.CharacterFilter;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.LogicalScopeProvider;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricGroup;

/**
 * Counters and gauges of the operators in this process, by their names in Prometheus. Tasks add and
 * remove them while others read. What a task leaves behind holds until the task that follows it
 * after a restart has its own: so the figures of a run outlive its tasks.
 */
final class RunMetrics {
  private static final CharacterFilter FILTER = text -> text.replaceAll("[^a-zA-Z0-9:_]", "_");
  private static final String OPERATORS = "taskmanager_job_task_operator";

  private final Map<Key, Metric> live = new HashMap<>();
  private final Map<Key, Double> last = new HashMap<>(); // of those that went
  private final Map<Key, Double> past = new HashMap<>(); // of those that others have followed

  /**
   * A metric of one subtask, the same through restarts.
   *
   * @param labels all that else tells it from others of the name
   */
  private record Key(String operator, String name, Map<String, String> labels) {}

  synchronized void add(Metric metric, String name, MetricGroup group) {
    if (isOfAnOperator(group)) {
      Key key = key(name, group);
      Double before = last.remove(key);
      if (before != null && !before.isNaN()) {
        past.merge(key, before, Double::sum);
      }
      live.put(key, metric);
    }
  }

  synchronized void remove(Metric metric, String name, MetricGroup group) {
    if (isOfAnOperator(group)) {
      Key key = key(name, group);
      if (live.remove(key, metric)) {
        last.put(key, value(metric));
      }
    }
  }

  private static boolean isOfAnOperator(MetricGroup group) {
    return group.getAllVariables().containsKey("<operator_name>")
        && scope(group).startsWith(OPERATORS);
  }

  private static Key key(String name, MetricGroup group) {
    Map<String, String> labels = new TreeMap<>(group.getAllVariables());
    labels.keySet().removeIf(label -> label.startsWith("<task_attempt"));
    String within = scope(group).substring(OPERATORS.length()) + "_";
    return new Key(
        FILTER.filterCharacters(labels.get("<operator_name>")),
        within.substring(1) + FILTER.filterCharacters(name),
        labels);
  }

  private static String scope(MetricGroup group) {
    return LogicalScopeProvider.castFrom(group).getLogicalScope(FILTER, '_');
  }

  /** The sum over subtasks; empty if no subtask has it, or it is not defined yet. */
  OptionalDouble sum(String operator, String name) {
    double[] values = values(operator, name).toArray();
    double sum = DoubleStream.of(values).sum();
    return values.length == 0 || Double.isNaN(sum)
        ? OptionalDouble.empty()
        : OptionalDouble.of(sum);
  }

  /**
   * What the names of operators like one end in: the further tasks of a model, each of which has an
   * operator {@code NAME-task}.
   */
  synchronized SortedSet<String> further(String operator) {
    SortedSet<String> names = new TreeSet<>();
    Stream.concat(live.keySet().stream(), last.keySet().stream())
        .map(key -> key.labels().get("<operator_name>"))
        .filter(name -> name.startsWith(operator + "-"))
        .forEach(name -> names.add(name.substring(operator.length() + 1)));
    return names;
  }

  /** The minimum over subtasks. */
  OptionalDouble least(String operator, String name) {
    return values(operator, name).min();
  }

  /** The sum over subtasks and restarts, of a counter that begins at 0 with each. */
  synchronized double total(String operator, String name) {
    double before =
        past.entrySet().stream()
            .filter(entry -> isAsked(entry.getKey(), operator, name))
            .mapToDouble(Map.Entry::getValue)
            .sum();
    return before + sum(operator, name).orElse(0);
  }

  /** The sums over subtasks and operators by a label's values. */
  synchronized Map<String, Double> byLabel(String name, String label) {
    return Stream.concat(live.keySet().stream(), last.keySet().stream())
        .filter(key -> key.name().equals(name) && key.labels().containsKey(label))
        .collect(
            Collectors.groupingBy(
                key -> key.labels().get(label),
                TreeMap::new,
                Collectors.summingDouble(this::valueOf)));
  }

  private synchronized DoubleStream values(String operator, String name) {
    double[] values =
        Stream.concat(live.keySet().stream(), last.keySet().stream())
            .filter(key -> isAsked(key, operator, name))
            .mapToDouble(this::valueOf)
            .toArray();
    return DoubleStream.of(values);
  }

  private static boolean isAsked(Key key, String operator, String name) {
    return key.operator().equals(FILTER.filterCharacters(operator)) && key.name().equals(name);
  }

  private double valueOf(Key key) {
    Metric metric = live.get(key);
    return metric == null ? last.get(key) : value(metric);
  }

  private static double value(Metric metric) {
    if (metric instanceof Counter counter) {
      return counter.getCount();
    }
    if (metric instanceof Gauge<?> gauge) {
      Object value = gauge.getValue();
      if (value instanceof Number number) {
        return number.doubleValue();
      }
      if (value instanceof Boolean is) {
        return is ? 1 : 0;
      }
    }
    return Double.NaN;
  }
}
