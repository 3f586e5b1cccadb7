package io.freshet.job.source;

import io.freshet.event.Rejection;
import io.freshet.job.deadletter.DeadLetterSerializer;
import io.freshet.wire.CheckpointedCounters;
import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * What became of the records of a source, as metrics that are part of its checkpoint. The records
 * read are {@code events + deadLetters + tombstones}; dead letters are the sum over their kinds.
 */
final class RouterCounts {
  private static final int FIRST_KIND = 3; // in the state; kinds are in the order they have there
  private static final int TOMBSTONES = 30; // which leaves room for kinds
  private static final int RECORDED = 31;
  private static final Rejection.Kind[] KINDS = Rejection.Kind.values();

  private final CheckpointedCounters kept;
  private final Counter events;
  private final Counter ignoredValues;
  private final Counter deadLetters;
  private final Counter tombstones;
  private final Counter recorded;
  private final Map<Rejection.Kind, Counter> byKind = new EnumMap<>(Rejection.Kind.class);

  RouterCounts(OperatorStateStore state, MetricGroup group) throws Exception {
    kept = new CheckpointedCounters(state, RECORDED + 1);
    events = kept.publish(0, group, "events");
    ignoredValues = kept.publish(1, group, "ignored_values");
    deadLetters = kept.publish(2, group, "dead_letters");
    tombstones = kept.publish(TOMBSTONES, group, "tombstones");
    recorded = kept.publish(RECORDED, group, "recorded_events");
    for (Rejection.Kind kind : KINDS) {
      MetricGroup labeled = group.addGroup("kind", DeadLetterSerializer.name(kind));
      byKind.put(kind, kept.publish(FIRST_KIND + kind.ordinal(), labeled, "dead_letters"));
    }
  }

  void good(int ignored) {
    events.inc();
    ignoredValues.inc(ignored);
  }

  /** One of the good was learned from a recording, and goes no further. */
  void recorded() {
    recorded.inc();
  }

  void tombstone() {
    tombstones.inc();
  }

  void dead(Rejection.Kind kind) {
    deadLetters.inc();
    byKind.get(kind).inc();
  }

  void store() throws Exception {
    kept.store();
  }
}
