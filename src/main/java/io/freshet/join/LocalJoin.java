package io.freshet.join;

import static java.util.Objects.requireNonNull;

import io.freshet.event.Click;
import io.freshet.feature.EncodedImpression;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * The join without Flink, in memory and for one thread: the same decisions for the same events and
 * watermarks as {@link LabelJoin}, for comparisons of policies in one process.
 *
 * <p>Timers are not rounded to buckets, and times are not held against the watermark.
 */
public final class LocalJoin {
  private final Map<String, JoinEntry> entries = new HashMap<>();
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(Comparator.comparingLong(Timer::time).thenComparing(Timer::id));
  private final Attribution attribution;
  private final JoinCounts counts = new JoinCounts();
  private long watermark = Long.MIN_VALUE;

  private record Timer(long time, String id) {}

  public LocalJoin(JoinSettings settings, JoinOutput output) {
    DelayHistogram delays = new DelayHistogram(settings.window().toMillis());
    attribution = new Attribution(settings, delays, counts, requireNonNull(output, "output"));
  }

  public void impression(EncodedImpression impression) {
    JoinEntry before = entry(impression.id());
    put(impression.id(), before, attribution.onImpression(before, impression, watermark));
  }

  public void click(Click click) {
    JoinEntry before = entry(click.impressionId());
    put(click.impressionId(), before, attribution.onClick(before, click, watermark));
  }

  /** No event of this time or before it is to come. */
  public void advanceTo(long time) {
    while (!timers.isEmpty() && timers.peek().time() <= time) {
      Timer timer = timers.remove();
      watermark = Math.max(watermark, timer.time());
      JoinEntry before = entry(timer.id());
      put(timer.id(), before, attribution.onTime(timer.id(), before, timer.time()));
    }
    watermark = Math.max(watermark, time);
  }

  /** Clicks that made a label, of all that could have. */
  public double clickCoverage() {
    return counts.clickCoverage();
  }

  /** Ids of which something is known. */
  public int size() {
    return entries.size();
  }

  private JoinEntry entry(String id) {
    return entries.getOrDefault(id, JoinEntry.NOTHING);
  }

  private void put(String id, JoinEntry before, JoinEntry after) {
    if (before == after) {
      return;
    }
    if (after == JoinEntry.NOTHING) {
      entries.remove(id);
    } else {
      entries.put(id, after);
      timers.add(new Timer(attribution.deadline(after), id));
    }
  }
}
