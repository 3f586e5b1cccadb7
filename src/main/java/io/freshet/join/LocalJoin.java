package io.freshet.join;

import static java.util.Objects.requireNonNull;

import io.freshet.event.Click;
import io.freshet.feature.EncodedImpression;
import io.freshet.feature.LabelledExample;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * The join without Flink, in memory and for one thread: the same decisions for the same events and
 * watermarks as {@link LabelJoin}, for comparisons of policies in one process. Examples ahead of
 * time are held back by the same rule.
 *
 * <p>Looks are not rounded to buckets, and times are not held against the watermark.
 */
public final class LocalJoin {
  private final Map<String, JoinEntry> entries = new HashMap<>();
  private final PriorityQueue<Task> agenda =
      new PriorityQueue<>(Comparator.comparingLong(Task::time).thenComparingLong(Task::number));
  private final Attribution attribution;
  private final JoinOutput output;
  private final JoinCounts counts = new JoinCounts();
  private final long disorder;
  private long watermark = Long.MIN_VALUE;
  private long tasks;

  /** What to do at a time: tasks of one time keep their order. */
  private record Task(long time, long number, Runnable work) {}

  public LocalJoin(JoinSettings settings, JoinOutput output) {
    this.output = requireNonNull(output, "output");
    disorder = settings.disorder().toMillis();
    DelayHistogram delays = new DelayHistogram(settings.window().toMillis());
    attribution =
        new Attribution(settings, new WarmUp(settings), delays, counts, new HoldingBack());
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
    while (!agenda.isEmpty() && agenda.peek().time() <= time) {
      Task task = agenda.remove();
      watermark = Math.max(watermark, task.time());
      task.work().run();
    }
    watermark = Math.max(watermark, time);
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
    if (before == after) {
      return;
    }
    if (after == JoinEntry.NOTHING) {
      entries.remove(id);
    } else {
      entries.put(id, after);
      at(attribution.deadline(after), () -> look(id));
    }
  }

  private void look(String id) {
    JoinEntry before = entry(id);
    put(id, before, attribution.onTime(id, before, watermark));
  }

  private void at(long time, Runnable work) {
    agenda.add(new Task(time, tasks++, work));
  }

  private final class HoldingBack implements JoinOutput {
    @Override
    public void example(LabelledExample example) {
      long due = example.time() - disorder;
      if (due > watermark) {
        at(due, () -> output.example(example));
      } else {
        output.example(example);
      }
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
