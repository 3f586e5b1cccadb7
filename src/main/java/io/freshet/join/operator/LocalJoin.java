package io.freshet.join.operator;

import static java.util.Objects.requireNonNull;

import io.freshet.event.Click;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.join.FinalLabel;
import io.freshet.join.JoinCounts;
import io.freshet.join.JoinCounts.Count;
import io.freshet.join.JoinEntry;
import io.freshet.join.JoinOutput;
import io.freshet.join.JoinSettings;
import io.freshet.join.attribution.Attribution;
import io.freshet.join.breaker.Breaker;
import io.freshet.join.policy.DelayHistogram;
import io.freshet.join.policy.WarmUp;
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
 * <p>Looks are not rounded to buckets, and times are not held against the watermark.
 */
public final class LocalJoin {
  private final Map<String, JoinEntry> entries = new HashMap<>();
  private final PriorityQueue<Task> agenda =
      new PriorityQueue<>(Comparator.comparingLong(Task::time).thenComparingLong(Task::number));
  private final List<LabeledExample> decided = new ArrayList<>(); // by the call under way
  private final Attribution attribution;
  private final Breaker breaker;
  private final JoinOutput output;
  private final JoinCounts counts = new JoinCounts();
  private long watermark = Long.MIN_VALUE;
  private long tasks;

  /** What to do at a time: tasks of one time keep their order. */
  private record Task(long time, long number, Runnable work) {}

  public LocalJoin(JoinSettings settings, JoinOutput output) {
    this.output = requireNonNull(output, "output");
    DelayHistogram delays = new DelayHistogram(settings.window().toMillis());
    attribution = new Attribution(settings, new WarmUp(settings), delays, counts, new Gathering());
    breaker = Breaker.of(settings);
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
    while (!agenda.isEmpty() && agenda.peek().time() <= limit) {
      Task task = agenda.remove();
      watermark = Math.max(watermark, task.time());
      task.work().run();
    }
    watermark = Math.max(watermark, limit);
  }

  /** Whether the breaker holds time, so that nothing is published. */
  public boolean isHolding() {
    return breaker.isHolding();
  }

  /** Examples that are not learned, as their clicks are lost. */
  public long lost() {
    return counts.of(Count.LOST_EXAMPLES);
  }

  /** Share of the clicks that made a label. */
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
      at(attribution.deadline(after), () -> look(id));
    }
    tell(before, after);
  }

  private void look(String id) {
    JoinEntry before = entry(id);
    put(id, before, attribution.onTime(id, before, watermark));
  }

  private void at(long time, Runnable work) {
    agenda.add(new Task(time, tasks++, work));
  }

  private void tell(JoinEntry before, JoinEntry after) {
    for (LabeledExample example : decided) {
      long shown = JoinEntry.shown(after).orElseGet(() -> JoinEntry.shown(before).orElseThrow());
      if (example.time() > watermark) {
        at(example.time(), () -> send(shown, example));
      } else {
        send(shown, example);
      }
    }
    decided.clear();
  }

  private void send(long shown, LabeledExample example) {
    if (!example.isLearned() || !breaker.exclusions().has(example, shown)) {
      output.example(example);
      return;
    }
    counts.add(Count.LOST_EXAMPLES);
    if (example.scored()) {
      output.example(example.asPrediction());
    }
  }

  private final class Gathering implements JoinOutput {
    @Override
    public void example(LabeledExample example) {
      decided.add(example);
    }

    @Override
    public void lateClick(Click click) {
      output.lateClick(click);
    }

    @Override
    public void joined(long shown, long clicked) {
      breaker.click(shown, clicked);
    }

    @Override
    public void acted(String id, Example example, String action, long time) {
      output.acted(id, example, action, time);
    }

    @Override
    public void finalLabel(FinalLabel label) {
      output.finalLabel(label);
    }
  }
}
