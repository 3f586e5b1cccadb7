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

/**
 * Features by the time they were last seen, so that features unseen for long are found without a
 * look at the others.
 *
 * <p>Each feature with an entry in state is listed on one <em>page</em>: that of its key group, its
 * field's expiry, and the bucket of event time in which it was last seen when it was listed. Later
 * occurrences do not move it; it is listed again only when its page is taken. So a feature costs an
 * append when its row begins and one look each expiry; this is a timing wheel (Varghese and Lauck
 * 1987) with lazy moves.
 *
 * <p>A bucket is 1/64 of the expiry, at most ten minutes and at least a second; a minute for
 * features that never expire, which are listed where rows are limited. The set of pages is in
 * memory, one bit each.
 */
final class LastSeenIndex {
  private static final long SECOND = 1000;
  private static final long MINUTE = 60_000;
  private static final int BUCKETS = 64;
  private static final int CLASS_SHIFT = 56; // of a page's number; the bucket's number below

  private final FieldRules rules;
  private final KeyGroups groups;
  private final RowStateStore state;
  private final boolean all;
  private final long[] expiries; // distinct, ascending
  private final List<NavigableMap<Long, BitSet>> pages; // by expiry: groups by bucket

  /**
   * @param all whether features that never expire are listed too
   */
  LastSeenIndex(FieldRules rules, RowStateStore state, boolean all) {
    this.rules = rules;
    this.state = state;
    this.all = all;
    groups = state.groups();
    expiries = LongStream.concat(LongStream.of(0), rules.expiries()).sorted().distinct().toArray();
    pages =
        Stream.<NavigableMap<Long, BitSet>>generate(TreeMap::new).limit(expiries.length).toList();
  }

  /**
   * A page.
   *
   * @param expiry index of the expiry
   * @param from start of its bucket, in event time
   * @param to end of its bucket, exclusive
   */
  record Page(int group, int expiry, long bucket, long from, long to) {
    private RowStateStore.Page name() {
      return LastSeenIndex.name(group, expiry, bucket);
    }
  }

  private static RowStateStore.Page name(int group, int expiry, long bucket) {
    return new RowStateStore.Page(group, (long) expiry << CLASS_SHIFT | bucket);
  }

  /** Restores the set of pages. */
  void restore() throws Exception {
    for (RowStateStore.Page page : state.pages()) {
      long bucket = page.number() & (1L << CLASS_SHIFT) - 1;
      note(page.group(), (int) (page.number() >>> CLASS_SHIFT), bucket);
    }
  }

  /** Removes the pages of a restored state. */
  void clear() throws Exception {
    for (RowStateStore.Page page : state.pages()) {
      state.remove(page);
    }
  }

  /** Lists a feature that is on no page. */
  void list(long fid, long lastSeen) throws Exception {
    long expiry = rules.expiry(fid);
    if (expiry > 0 || all) {
      int place = Arrays.binarySearch(expiries, expiry);
      long bucket = Math.floorDiv(Math.max(0, lastSeen), width(place));
      int group = groups.groupOf(fid);
      state.append(name(group, place, bucket), fid);
      note(group, place, bucket);
    }
  }

  /** A page whose features are expired unless they were seen again. */
  Optional<Page> due(long now) {
    for (int place = 1; place < expiries.length; place++) {
      Optional<Page> oldest = oldest(place);
      if (oldest.isPresent() && isDue(oldest.get(), now)) {
        return oldest;
      }
    }
    return Optional.empty();
  }

  /** Whether features not seen since the page's bucket are expired. */
  boolean isDue(Page page, long now) {
    return page.expiry > 0 && now > page.to && now - page.to >= expiries[page.expiry];
  }

  /** The page of the least recently seen features. */
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

  /** Removes a page and returns its features. */
  List<Long> take(Page page) throws Exception {
    BitSet others = pages.get(page.expiry).get(page.bucket);
    others.clear(page.group);
    if (others.isEmpty()) {
      pages.get(page.expiry).remove(page.bucket);
    }
    return state.remove(page.name());
  }

  /** Puts features back on a page. */
  void putBack(Page page, List<Long> fids) throws Exception {
    state.appendAll(page.name(), fids);
    note(page.group, page.expiry, page.bucket);
  }

  private void note(int group, int place, long bucket) {
    pages.get(place).computeIfAbsent(bucket, any -> new BitSet()).set(group);
  }

  private long width(int place) {
    return place == 0 ? MINUTE : Math.max(SECOND, Math.min(10 * MINUTE, expiries[place] / BUCKETS));
  }
}
