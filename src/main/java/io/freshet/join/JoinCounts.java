package io.freshet.join;

import java.util.List;
import java.util.Locale;
import org.apache.flink.metrics.MetricGroup;

/**
 * What became of every impression and click, exact through failures: the counts are part of the
 * checkpoint. Over all subtasks (one alone may be off after rescaling):
 *
 * <pre>
 * impressions = positives + negatives + duplicateImpressions + lateImpressions + waitingImpressions
 * clicks      = positives + duplicateClicks + lateClicks + orphanClicks + waitingClicks
 * </pre>
 *
 * <p>and {@code lostExamples} of the positives and negatives were not learned, as their clicks were
 * lost.
 *
 * <p>They are published as gauges under the names in these equations.
 */
final class JoinCounts {

  /** In the order in which they are stored: add at the end only. */
  enum Count {
    IMPRESSIONS,
    CLICKS,
    POSITIVES,
    NEGATIVES,
    DUPLICATE_IMPRESSIONS,
    DUPLICATE_CLICKS,
    LATE_IMPRESSIONS,
    LATE_CLICKS,
    ORPHAN_CLICKS,
    LOST_EXAMPLES
  }

  private final long[] counts = new long[Count.values().length];

  void add(Count count) {
    counts[count.ordinal()]++;
  }

  long of(Count count) {
    return counts[count.ordinal()];
  }

  long waitingImpressions() {
    return of(Count.IMPRESSIONS)
        - of(Count.POSITIVES)
        - of(Count.NEGATIVES)
        - of(Count.DUPLICATE_IMPRESSIONS)
        - of(Count.LATE_IMPRESSIONS);
  }

  long waitingClicks() {
    return of(Count.CLICKS)
        - of(Count.POSITIVES)
        - of(Count.DUPLICATE_CLICKS)
        - of(Count.LATE_CLICKS)
        - of(Count.ORPHAN_CLICKS);
  }

  /** A copy, for the checkpoint. */
  long[] toArray() {
    return counts.clone();
  }

  /** Adds what another subtask, or this one in an earlier life, had counted. */
  void addAll(long[] others) {
    for (int i = 0; i < others.length; i++) {
      counts[i] += others[i];
    }
  }

  void publish(MetricGroup group) {
    for (Count count : Count.values()) {
      group.gauge(camelCase(count), () -> of(count));
    }
    group.gauge("waitingImpressions", this::waitingImpressions);
    group.gauge("waitingClicks", this::waitingClicks);
  }

  private static String camelCase(Count count) {
    List<String> words = List.of(count.name().split("_"));
    StringBuilder name = new StringBuilder(words.get(0).toLowerCase(Locale.ROOT));
    for (String word : words.subList(1, words.size())) {
      name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    return name.toString();
  }
}
