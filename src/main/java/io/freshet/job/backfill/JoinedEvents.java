package io.freshet.job.backfill;

import io.freshet.event.Click;
import io.freshet.feature.EncodedImpression;
import io.freshet.feature.example.LabeledExample;
import io.freshet.join.FinalLabel;
import io.freshet.join.JoinOutput;
import io.freshet.join.JoinSettings;
import io.freshet.join.operator.LocalJoin;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;

/**
 * Reads logs of impressions and of actions together, in the order of event time, and joins them.
 * Time passes in steps of the join's bucket, as it does in the job.
 */
final class JoinedEvents implements BackfillExamples.Reading {
  private final List<EventLog<?>> all = new ArrayList<>();
  private final PriorityQueue<Source> sources =
      new PriorityQueue<>(Comparator.comparingLong(source -> source.log.time()));
  private final Queue<LabeledExample> told = new ArrayDeque<>();
  private final LocalJoin join;
  private final long bound;
  private final long bucket;
  private final long until;
  private long newest = Long.MIN_VALUE;
  private long passed = Long.MIN_VALUE; // time that the join was told
  private boolean ended;

  /** What an event of a log does. */
  private record Source(EventLog<?> log, Runnable take) {}

  /**
   * @param until impressions shown later are left out
   */
  JoinedEvents(
      List<EventLog<EncodedImpression>> impressions,
      List<EventLog<Click>> actions,
      JoinSettings settings,
      long until) {
    this.until = until;
    bound = settings.outOfOrderness().toMillis();
    bucket = settings.timerBucket().toMillis();
    join = new LocalJoin(settings, new Told());
    impressions.forEach(log -> add(log, () -> show(log.head().orElseThrow().value())));
    actions.forEach(log -> add(log, () -> join.click(log.head().orElseThrow().value())));
  }

  private void add(EventLog<?> log, Runnable take) {
    all.add(log);
    if (log.head().isPresent()) {
      sources.add(new Source(log, take));
    }
  }

  private void show(EncodedImpression impression) {
    if (impression.timestamp() <= until) {
      join.impression(impression);
    }
  }

  @Override
  public boolean isOver() {
    return ended && told.isEmpty();
  }

  @Override
  public Optional<LabeledExample> step() throws IOException {
    if (told.isEmpty() && sources.isEmpty()) {
      join.advanceTo(Long.MAX_VALUE);
      ended = true;
    } else if (told.isEmpty()) {
      readOn();
    }
    return Optional.ofNullable(told.poll());
  }

  private void readOn() throws IOException {
    Source source = sources.remove();
    newest = Math.max(newest, source.log.time());
    source.take.run();
    source.log.advance();
    if (source.log.head().isPresent()) {
      sources.add(source);
    }
    if (passed == Long.MIN_VALUE || newest - bound - 1 >= passed + bucket) {
      passed = newest - bound - 1;
      join.advanceTo(passed);
    }
  }

  /** Records that were no events. */
  long bad() {
    return all.stream().mapToLong(EventLog::bad).sum();
  }

  @Override
  public void close() throws IOException {
    EventLog.close(all);
  }

  private final class Told implements JoinOutput {
    @Override
    public void example(LabeledExample example) {
      if (example.isLearned()) {
        told.add(example);
      }
    }

    @Override
    public void lateClick(Click click) {} // was told of when it came

    @Override
    public void finalLabel(FinalLabel label) {}
  }
}
