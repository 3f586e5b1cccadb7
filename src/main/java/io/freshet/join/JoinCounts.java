package io.freshet.join;

import java.util.Locale;
import org.apache.flink.metrics.MetricGroup;

/**
 * What became of every impression and click, exact through failures: the counts are part of the
 * checkpoint. Over all subtasks (one alone may be off after rescaling):
 *
 * <pre>
 * impressions = positives + negatives + duplicate_impressions + late_impressions + waiting_impressions
 * clicks      = joined_clicks + duplicate_clicks + late_clicks + orphan_clicks + ignored_clicks + waiting_clicks
 * examples    = sent_examples + lost_examples + waiting_examples
 * </pre>
 *
 * <p>Positives and negatives are the labels that are final, by whether they are above 0; clicks are
 * all actions, those that nobody asked for being ignored. They are published as gauges under the
 * names in these equations, and {@code click_coverage}: joined clicks among all but the duplicates
 * and the ignored ones that do not wait any more.
 *
 * <p>Examples are those to be learned: with a policy that waits for the label, one of each
 * positive, of each negative that is not {@code negatives_sampled_out}, and of each correction.
 *
 * <p>In addition, {@code fakeNegatives} and {@code corrections} that were emitted to the learner,
 * {@code negatives_sampled_out} and {@code lost_examples} (their clicks being lost) that it was not
 * told, and {@code clippedWeights} of impressions.
 */
public final class JoinCounts {

  /** In the order in which they are stored: add at the end only. */
  public enum Count {
    IMPRESSIONS,
    CLICKS,
    POSITIVES,
    NEGATIVES,
    DUPLICATE_IMPRESSIONS,
    DUPLICATE_CLICKS,
    LATE_IMPRESSIONS,
    LATE_CLICKS,
    ORPHAN_CLICKS,
    JOINED_CLICKS,
    IGNORED_CLICKS,
    FAKE_NEGATIVES,
    NEGATIVES_SAMPLED_OUT,
    CORRECTIONS,
    CLIPPED_WEIGHTS,
    LOST_EXAMPLES,
    EXAMPLES,
    SENT_EXAMPLES
  }

  private final long[] counts = new long[Count.values().length];

  public void add(Count count) {
    counts[count.ordinal()]++;
  }

  public long of(Count count) {
    return counts[count.ordinal()];
  }

  public long waitingImpressions() {
    return of(Count.IMPRESSIONS)
        - of(Count.POSITIVES)
        - of(Count.NEGATIVES)
        - of(Count.DUPLICATE_IMPRESSIONS)
        - of(Count.LATE_IMPRESSIONS);
  }

  public long waitingClicks() {
    return of(Count.CLICKS)
        - of(Count.JOINED_CLICKS)
        - of(Count.DUPLICATE_CLICKS)
        - of(Count.LATE_CLICKS)
        - of(Count.ORPHAN_CLICKS)
        - of(Count.IGNORED_CLICKS);
  }

  /** Decided, but ahead of time. */
  long waitingExamples() {
    return of(Count.EXAMPLES) - of(Count.SENT_EXAMPLES) - of(Count.LOST_EXAMPLES);
  }

  /** Share of the clicks that were joined; not a number before there are any. */
  public double clickCoverage() {
    long lost = of(Count.LATE_CLICKS) + of(Count.ORPHAN_CLICKS);
    return (double) of(Count.JOINED_CLICKS) / (of(Count.JOINED_CLICKS) + lost);
  }

  /** A copy, for the checkpoint. */
  public long[] toArray() {
    return counts.clone();
  }

  /** Adds what another subtask, or this one in an earlier life, had counted. */
  public void addAll(long[] others) {
    for (int i = 0; i < others.length; i++) {
      counts[i] += others[i];
    }
  }

  public void publish(MetricGroup group) {
    for (Count count : Count.values()) {
      group.gauge(count.name().toLowerCase(Locale.ROOT), () -> of(count));
    }
    group.gauge("waiting_impressions", this::waitingImpressions);
    group.gauge("waiting_clicks", this::waitingClicks);
    group.gauge("waiting_examples", this::waitingExamples);
    group.gauge("click_coverage", this::clickCoverage);
  }
}
