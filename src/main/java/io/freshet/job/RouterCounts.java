package io.freshet.job;

import io.freshet.event.Rejection;
import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** What became of the records of a source, as metrics. */
final class RouterCounts {
  private final Counter events;
  private final Counter ignoredValues;
  private final Counter deadLetters;
  private final Map<Rejection.Kind, Counter> byKind = new EnumMap<>(Rejection.Kind.class);

  RouterCounts(MetricGroup group) {
    events = group.counter("events");
    ignoredValues = group.counter("ignoredValues");
    deadLetters = group.counter("deadLetters");
    MetricGroup kinds = group.addGroup("deadLettersByKind");
    for (Rejection.Kind kind : Rejection.Kind.values()) {
      byKind.put(kind, kinds.counter(DeadLetterSerializer.name(kind)));
    }
  }

  void good(int ignored) {
    events.inc();
    ignoredValues.inc(ignored);
  }

  void dead(Rejection.Kind kind) {
    deadLetters.inc();
    byKind.get(kind).inc();
  }
}
