package io.freshet.train.table;

import io.freshet.model.row.FieldRules;
import io.freshet.train.state.KeyGroups;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.runtime.state.internal.InternalListState;
import org.apache.flink.streaming.api.operators.KeyContext;

/**
 * Features by when they were seen, so that those unseen for long are found without a look at the
 * others.
 *
 * <p>Each feature that is known in keyed state stands on one <em>page</em>: that of its key group,
 * its field's expiry, and the bucket of event time in which it was last seen when it was listed.
 * Being seen again does not move it; only when its page is taken up is it listed anew. So a feature
 * costs an append when its row begins, and one look an expiry; this is a timing wheel (Varghese and
 * Lauck 1987) with lazy moves.
 *
 * <p>A bucket is 1/64 of the expiry, at most ten minutes and at least a second; a minute for
 * features that never expire, which are listed where rows are limited. Which pages there are is
 * held in memory, a bit each.
 */
final class LastSeenIndex {
  private static final long SECOND = 1000;
  private static final long MINUTE = 60_000;
  private static final int BUCKETS = 64;
  private static final int CLASS_SHIFT = 56; // of a namespace; the bucket's number below

  private final FieldRules rules;
  private final KeyGroups groups;
  private final KeyContext context;
  private final InternalListState<Long, Long, Long> state;
  private final boolean all;
  private final long[] expiries; // distinct, ascending
  private final List<NavigableMap<Long, BitSet>> pages; // by expiry: groups by bucket

  /**
   * @param state fids, by the key of a group and the number of a page
   * @param all whether features that never expire are listed too
   */
  LastSeenIndex(
      FieldRules rules,
      KeyGroups groups,
      KeyContext context,
      InternalListState<Long, Long, Long> state,
      boolean all) {
    this.rules = rules;
    this.groups = groups;
    this.context = context;
    this.state = state;
    this.all = all;
    expiries = LongStream.concat(LongStream.of(0), rules.expiries()).sorted().distinct().toArray();
    pages =
        Stream.<NavigableMap<Long, BitSet>>generate(TreeMap::new).limit(expiries.length).toList();
  }

  /**
   * A page, named by its place.
   *
   * @param from start of its bucket, in event time
   * @param to end of its bucket, exclusive
   */
  record Page(int group, int expiry, long bucket, long from, long to) {}

  /** Takes it that a page of a restored state is there. */
  void found(long key, long number) {
    directory(number).computeIfAbsent(bucket(number), any -> new BitSet()).set(groups.of(key));
  }

  /** Lists a feature that was last seen then, and is on no page. */
  void list(long fid, long lastSeen) throws Exception {
    long expiry = rules.expiry(fid);
    if (expiry > 0 || all) {
      int place = Arrays.binarySearch(expiries, expiry);
      long bucket = Math.floorDiv(Math.max(0, lastSeen), width(place));
      turnTo(groups.of(fid), place, bucket);
      state.add(fid);
      note(groups.of(fid), place, bucket);
    }
  }

  /** A page all of whose features are to go, unless they were seen again. */
  Optional<Page> due(long now) {
    for (int place = 1; place < expiries.length; place++) {
      Optional<Page> oldest = oldest(place);
      if (oldest.isPresent() && isDue(oldest.get(), now)) {
        return oldest;
      }
    }
    return Optional.empty();
  }

  /** Whether features not seen since the page's bucket are to go. */
  boolean isDue(Page page, long now) {
    return page.expiry > 0 && now > page.to && now - page.to >= expiries[page.expiry];
  }

  /** The page of those that were not seen for longest. */
  Optional<Page> oldest() {
    Optional<Page> oldest = Optional.empty();
    for (int place = 0; place < expiries.length; place++) {
      Optional<Page> page = oldest(place);
      if (page.isPresent() && oldest.map(o -> page.get().from < o.from).orElse(true)) {
        oldest = page;
      }
    }
    return oldest;
  }

  private Optional<Page> oldest(int place) {
    Map.Entry<Long, BitSet> first = pages.get(place).firstEntry();
    if (first == null) {
      return Optional.empty();
    }
    long bucket = first.getKey();
    long from = bucket * width(place);
    int group = first.getValue().nextSetBit(0);
    return Optional.of(new Page(group, place, bucket, from, from + width(place)));
  }

  /** Takes a page's features off it. */
  List<Long> take(Page page) throws Exception {
    turnTo(page.group, page.expiry, page.bucket);
    List<Long> fids = state.getInternal();
    state.clear();
    BitSet others = pages.get(page.expiry).get(page.bucket);
    others.clear(page.group);
    if (others.isEmpty()) {
      pages.get(page.expiry).remove(page.bucket);
    }
    return fids == null ? List.of() : fids;
  }

  /** Puts features back on a page. */
  void putBack(Page page, List<Long> fids) throws Exception {
    turnTo(page.group, page.expiry, page.bucket);
    state.addAll(List.copyOf(fids));
    note(page.group, page.expiry, page.bucket);
  }

  /** Removes pages of a restored state, named by key and number. */
  void remove(List<Tuple2<Long, Long>> old) throws Exception {
    for (Tuple2<Long, Long> page : old) {
      context.setCurrentKey(page.f0);
      state.setCurrentNamespace(page.f1);
      state.clear();
    }
  }

  private void note(int group, int place, long bucket) {
    pages.get(place).computeIfAbsent(bucket, any -> new BitSet()).set(group);
  }

  private void turnTo(int group, int place, long bucket) {
    context.setCurrentKey(groups.key(group));
    state.setCurrentNamespace((long) place << CLASS_SHIFT | bucket);
  }

  private NavigableMap<Long, BitSet> directory(long number) {
    return pages.get((int) (number >>> CLASS_SHIFT));
  }

  private static long bucket(long number) {
    return number & (1L << CLASS_SHIFT) - 1;
  }

  private long width(int place) {
    return place == 0 ? MINUTE : Math.max(SECOND, Math.min(10 * MINUTE, expiries[place] / BUCKETS));
  }
}
