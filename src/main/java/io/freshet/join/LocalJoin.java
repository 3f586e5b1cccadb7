package io.freshet.join;

import static java.util.Objects.requireNonNull;

import io.freshet.event.Click;
import io.freshet.feature.EncodedImpression;
import io.freshet.feature.LabelledExample;
import io.freshet.join.JoinCounts.Count;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * The join without Flink, in memory and for one thread: the same decisions for the same events and
 * watermarks as {@link LabelJoin}, its breaker and its order of examples included, for comparisons
 * of policies in one process.
 *
 * <p>Timers are not rounded to buckets, and times are not held against the watermark.
 */
public final class LocalJoin {
  private final Map<String, JoinEntry> entries = new HashMap<>();
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(Comparator.comparingLong(Timer::time).thenComparing(Timer::id));
  private final PriorityQueue<HeldExample> held =
      new PriorityQueue<>(Comparator.comparingLong(HeldExample::time));
  private final List<LabelledExample> decided = new ArrayList<>(); // by the call under way
  private final Attribution attribution;
  private final Breaker breaker;
  private final JoinOutput output;
  private final JoinCounts counts = new JoinCounts();
  private long watermark = Long.MIN_VALUE;

  private record Timer(long time, String id) {}

  public LocalJoin(JoinSettings settings, JoinOutput output) {
    this.output = requireNonNull(output, "output");
    DelayHistogram delays = new DelayHistogram(settings.window().toMillis());
    attribution = new Attribution(settings, delays, counts, new Gathering());
    breaker = new Breaker(settings.breaker(), settings.window());
  }

  public void impression(EncodedImpression impression) {
    JoinEntry before = entry(impression.id());
    JoinEntry after = attribution.onImpression(before, impression, watermark);
    if (JoinEntry.shown(after).isPresent() && JoinEntry.shown(before).isEmpty()) {
      breaker.impression(impression.timestamp());
    }
    put(impression.id(), before, after);
  }

  public void click(Click click) {
    JoinEntry before = entry(click.impressionId());
    put(click.impressionId(), before, attribution.onClick(before, click, watermark));
  }

  /** No event of this time or before it is to come, but clicks where they are late. */
  public void advanceTo(long time) {
    long limit = breaker.limit(time, watermark, false);
    while (!timers.isEmpty() && timers.peek().time() <= limit) {
      Timer timer = timers.remove();
      sendUpTo(timer.time());
      JoinEntry before = entry(timer.id());
      put(timer.id(), before, attribution.onTime(timer.id(), before, timer.time()));
    }
    sendUpTo(limit);
  }

  private void sendUpTo(long time) {
    watermark = Math.max(watermark, time);
    while (!held.isEmpty() && held.peek().time() <= watermark) {
      HeldExample next = held.remove();
      send(next.shown(), next.example());
    }
  }

  private void send(long shown, LabelledExample example) {
    if (example.isLearned() && breaker.isLost(example, shown)) {
      counts.add(Count.LOST_EXAMPLES);
      if (example.scored()) {
        output.example(example.asPrediction());
      }
    } else {
      output.example(example);
    }
  }

  /** Whether the breaker holds time, so that nothing is published. */
  public boolean isHolding() {
    return breaker.isHolding();
  }

  /** Examples that were not told, as their clicks are lost. */
  public long lost() {
    return counts.of(Count.LOST_EXAMPLES);
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
    if (after == JoinEntry.NOTHING) {
      entries.remove(id);
    } else if (before != after) {
      entries.put(id, after);
      timers.add(new Timer(attribution.deadline(after), id));
    }
    tell(before, after);
  }

  private void tell(JoinEntry before, JoinEntry after) {
    for (LabelledExample example : decided) {
      long shown = JoinEntry.shown(after).orElseGet(() -> JoinEntry.shown(before).orElseThrow());
      if (example.isFirstPositive()) {
        breaker.click(shown, example.time());
      }
      if (example.time() > watermark) {
        held.add(new HeldExample(shown, example));
      } else {
        send(shown, example);
      }
    }
    decided.clear();
  }

  private final class Gathering implements JoinOutput {
    @Override
    public void example(LabelledExample example) {
      decided.add(example);
    }

    @Override
    public void lateClick(Click click) {
      output.lateClick(click);
    }

    @Override
    public void finalLabel(FinalLabel label) {
      output.finalLabel(label);
    }
  }
}
