package io.freshet.join.attribution;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.internal.InternalListState;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.KeyContext;

/**
 * What the join has to do when: impressions to look at, and examples to send on.
 *
 * <p>Time is cut in buckets. Each bucket has one page for each key group: a list of ids and a list
 * of examples, kept under a key that belongs to the key group, with the bucket as their namespace.
 * A page has one timer, however many ids are on it. So an impression that waits costs an append of
 * its id and no timer, and pages move with their key groups when the job is rescaled.
 *
 * <p>What lies further ahead than {@value #FINE} buckets is looked at too early first, at a time of
 * which there are few: then the rest is short. So a window of a month has some thousands of pages
 * for each key group instead of one for each of its seconds, at the price of a second look.
 *
 * <p>The keys of pages begin with a character that ends no state of an impression even if an
 * impression's id equals one: pages and impressions have different states.
 */
public final class TimerBuckets {
  private static final char PAGE = '\0';
  static final int FINE = 4096;
  private static final int COARSE = 1024; // pages of a distance between two powers of 2, at most

  private final KeyContext context;
  private final InternalListState<String, Long, String> ids;
  private final InternalListState<String, Long, DeferredExample> examples;
  private final InternalTimerService<VoidNamespace> timers;
  private final long bucket;
  private final String[] pages; // the key of each key group's pages, found when first needed
  private final NavigableMap<Long, BitSet> timed = new TreeMap<>(); // pages known to have a timer

  TimerBuckets(
      KeyContext context,
      InternalListState<String, Long, String> ids,
      InternalListState<String, Long, DeferredExample> examples,
      InternalTimerService<VoidNamespace> timers,
      Duration bucket,
      int keyGroups) {
    this.context = requireNonNull(context, "context");
    this.ids = requireNonNull(ids, "ids");
    this.examples = requireNonNull(examples, "examples");
    this.timers = requireNonNull(timers, "timers");
    this.bucket = bucket.toMillis();
    this.pages = new String[keyGroups];
  }

  /**
   * Those of an operator keyed by a text, in its states {@code due} and {@code ahead}.
   *
   * @param timers whose timers the operator takes from the buckets
   */
  public static TimerBuckets of(
      AbstractStreamOperator<?> operator,
      InternalTimerService<VoidNamespace> timers,
      TypeSerializer<DeferredExample> examples,
      Duration bucket)
      throws Exception {
    return new TimerBuckets(
        operator,
        pages(operator, "due", StringSerializer.INSTANCE),
        pages(operator, "ahead", examples),
        timers,
        bucket,
        operator.getRuntimeContext().getTaskInfo().getMaxNumberOfParallelSubtasks());
  }

  @SuppressWarnings("unchecked") // what the backends return is an InternalListState of these types
  private static <T> InternalListState<String, Long, T> pages(
      AbstractStreamOperator<?> operator, String name, TypeSerializer<T> items) throws Exception {
    return (InternalListState<String, Long, T>)
        (Object)
            operator
                .getKeyedStateBackend()
                .getOrCreateKeyedState(
                    LongSerializer.INSTANCE, new ListStateDescriptor<>(name, items));
  }

  /**
   * Has the id, which is the current key, looked at when the bucket of the time ends, or before if
   * that is far ahead.
   */
  public void look(String id, long time) throws Exception {
    long end = firstLook(endOfBucket(time));
    turnTo(id, end);
    ids.setCurrentNamespace(end);
    ids.add(id);
    context.setCurrentKey(id);
  }

  /**
   * Has an example of the id, which is the current key, sent on when the bucket of the time ends.
   */
  public void send(String id, DeferredExample held, long time) throws Exception {
    long end = endOfBucket(time);
    turnTo(id, end);
    examples.setCurrentNamespace(end);
    examples.add(held);
    context.setCurrentKey(id);
  }

  /** Takes the ids, each once, off the page whose timer fires, its key being the current one. */
  public Collection<String> takeIds(long end) throws Exception {
    timed.headMap(end, false).clear();
    forgetTimer(end);
    ids.setCurrentNamespace(end);
    Collection<String> due = new LinkedHashSet<>(take(ids));
    return due;
  }

  /** Takes the examples off the page whose timer fires, its key being the current one. */
  public List<DeferredExample> takeExamples(long end) throws Exception {
    examples.setCurrentNamespace(end);
    return take(examples);
  }

  private static <T> List<T> take(InternalListState<String, Long, T> state) throws Exception {
    List<T> taken = state.getInternal();
    if (taken == null) {
      return List.of();
    }
    state.clear();
    return taken;
  }

  /** Makes the page that the key is to be put on the current key, and sets its timer. */
  private void turnTo(String key, long end) {
    int group = group(key);
    if (pages[group] == null) {
      pages[group] = pageOf(group);
    }
    context.setCurrentKey(pages[group]);
    BitSet groups = timed.computeIfAbsent(end, any -> new BitSet());
    if (!groups.get(group)) {
      groups.set(group);
      timers.registerEventTimeTimer(VoidNamespace.INSTANCE, end);
    }
  }

  private void forgetTimer(long end) {
    BitSet groups = timed.get(end);
    if (groups != null) {
      groups.clear(group((String) context.getCurrentKey()));
    }
  }

  private String pageOf(int group) {
    for (int i = 0; ; i++) {
      String page = PAGE + Integer.toString(i);
      if (group(page) == group) {
        return page;
      }
    }
  }

  private int group(String key) {
    return KeyGroupRangeAssignment.assignToKeyGroup(key, pages.length);
  }

  private long firstLook(long end) {
    long now = timers.currentWatermark();
    long ahead = now == Long.MIN_VALUE ? 0 : (end - now) / bucket; // nothing is known at the start
    if (ahead <= FINE) {
      return end;
    }
    long width = bucket * Long.highestOneBit(ahead / COARSE);
    return end - Math.floorMod(end, width);
  }

  private long endOfBucket(long time) {
    return time + Math.floorMod(-time, bucket);
  }
}
