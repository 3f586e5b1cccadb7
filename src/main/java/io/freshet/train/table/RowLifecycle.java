package io.freshet.train.table;

import io.freshet.model.Admission;
import io.freshet.model.row.FieldRules;
import io.freshet.train.message.ShardRequest.Occurrences;
import io.freshet.train.message.ShardRequest.RowDelta;
import io.freshet.train.table.TableCounters.Figure;

/**
 * Decides which features of a shard have a row: who is admitted, and whose row has gone.
 *
 * <p><b>Admission.</b> A feature whose field does not admit all has no row when it is asked for,
 * and what comes back is only how often it occurred. When that earns it a row, the row begins, and
 * is there for the next lookup. Each feature's counter lies in keyed state, in the place of its
 * row. What was learned before, at an earlier pass over a recording, is not counted again.
 *
 * <p><b>Expiry.</b> Time is the latest event time that the shard has learned from. A row that is
 * asked for after its field's expiry begins anew, whether or not the {@link ExpirySweep} has come
 * to it: what is learned does not depend on when that is.
 *
 * <p><b>Lives.</b> Between a lookup and the delta that comes back the row may go and another begin.
 * So each row carries the number of its life, above that of every row of the shard that went since
 * the last restore; 0 where none did. The answer to a lookup tells it, the delta returns it, and
 * one that does not fit is dropped and counted. A delta for a row that had not begun when it was
 * pulled fits any: it was learned on the start that every life of the row has. Nothing is under way
 * at a checkpoint, so what the state has to hold is the rows' own numbers and no counter beside
 * them.
 */
public final class RowLifecycle implements ShardTable.Judge {
  /** What is known of features in keyed state. */
  interface Entries {
    /** Null if nothing is. */
    StoredRow load(long fid) throws Exception;

    void put(long fid, StoredRow entry) throws Exception;

    void clear(long fid) throws Exception;
  }

  /** Where features are listed by when they were seen. */
  @FunctionalInterface
  interface Listing {
    void list(long fid, long lastSeen) throws Exception;
  }

  private final FieldRules rules;
  private final RowCache cache;
  private final Entries entries;
  private final Listing listing;
  private final AdmissionSketch sketch;
  private final ChangedRowBuffer touched;
  private final TableCounters tally;
  private long now = Long.MIN_VALUE;
  private int next; // life of the rows that begin now

  RowLifecycle(
      FieldRules rules,
      RowCache cache,
      Entries entries,
      Listing listing,
      AdmissionSketch sketch,
      ChangedRowBuffer touched,
      TableCounters tally) {
    this.rules = rules;
    this.cache = cache;
    this.entries = entries;
    this.listing = listing;
    this.sketch = sketch;
    this.touched = touched;
    this.tally = tally;
  }

  /** Latest event time that was learned from. */
  long now() {
    return now;
  }

  /** Goes on to the time of what is learned. */
  void learnedUpTo(long time) {
    now = Math.max(now, time);
  }

  @Override
  public void askedFor(long[] fids, int from, int n, int[] slots) throws Exception {
    for (int i = 0; i < n; i++) {
      int slot = slots[i];
      if (slot >= 0 && cache.life(slot) >= 0 && isExpired(fids[from + i], cache.lastSeen(slot))) {
        slots[i] = renew(fids[from + i], slot);
      }
    }
  }

  /** Lets a row go that is asked for. */
  private int renew(long fid, int slot) throws Exception {
    entries.put(fid, StoredRow.absent(0, cache.lastSeen(slot)));
    gone(fid, cache.life(slot), cache.updates(slot), Figure.EXPIRED);
    if (rules.admitsAll(fid)) {
      cache.startAnew(slot, RowCache.RENEWED);
      return slot;
    }
    cache.remove(slot);
    return RowCache.NO_ROW;
  }

  @Override
  public void moved(RowDelta delta, int from, int n, int[] slots) throws Exception {
    for (int i = 0; i < n; i++) {
      long fid = delta.fids()[from + i];
      int pulled = delta.lives()[from + i];
      if (slots[i] < 0 || pulled >= 0 && pulled != cache.life(slots[i])) {
        tally.add(Figure.DROPPED, fid, delta.counts()[from + i]);
        slots[i] = RowCache.NO_ROW;
      } else if (cache.life(slots[i]) < 0) {
        begun(fid, slots[i], delta.time());
      }
    }
  }

  /** Counts occurrences of features that had no row; those that earn one get it. */
  void count(Occurrences seen, long wallClock) throws Exception {
    for (int i = 0; i < seen.fids().length; i++) {
      long fid = seen.fids()[i];
      tally.add(Figure.NOT_ADMITTED, fid, seen.counts()[i]);
      int slot = slot(fid, seen, i);
      if (slot != RowCache.NO_ROW) {
        cache.changed(slot, 0, seen.time(), wallClock);
      }
    }
  }

  /** The slot of the row that a feature has by now: it, or another batch, has earned it. */
  private int slot(long fid, Occurrences seen, int i) throws Exception {
    if (cache.peek(fid) >= 0) {
      return cache.peek(fid);
    }
    StoredRow entry = entries.load(fid);
    if (entry != null && !entry.isAbsent()) {
      return cache.slot(fid);
    }
    if (!earns(fid, entry, seen, i)) {
      return RowCache.NO_ROW;
    }
    int slot = cache.begin(fid, entry);
    begun(fid, slot, seen.time());
    return slot;
  }

  private boolean earns(long fid, StoredRow entry, Occurrences seen, int i) throws Exception {
    Admission admission = rules.admission(fid);
    if (admission instanceof Admission.Sketched sketched) {
      return sketch.add(fid, seen.news()[i]) >= sketched.occurrences();
    } else if (admission instanceof Admission.Counted counted) {
      return counts(fid, entry, seen, i, counted.occurrences());
    }
    return seen.won()[i] || admission instanceof Admission.All;
  }

  /**
   * Raises a feature's own counter, which an expiry without an occurrence sets back to 0; returns
   * whether it is full.
   */
  private boolean counts(long fid, StoredRow entry, Occurrences seen, int i, int full)
      throws Exception {
    boolean known = entry != null && !isExpired(fid, entry.lastSeen());
    long count = seen.news()[i] + (known ? entry.updates() : 0);
    if (count >= full) {
      return true;
    }
    long lastSeen = entry == null ? seen.time() : Math.max(entry.lastSeen(), seen.time());
    entries.put(fid, StoredRow.absent(count, lastSeen));
    if (entry == null) {
      listing.list(fid, lastSeen);
    }
    return false;
  }

  private void begun(long fid, int slot, long time) throws Exception {
    boolean listed = cache.life(slot) == RowCache.RENEWED;
    cache.life(slot, next);
    tally.add(Figure.ROWS, fid, 1);
    tally.add(Figure.ADMITTED, fid, 1);
    if (!listed) {
      listing.list(fid, time);
    }
  }

  /** Notes that a row is no more. */
  void gone(long fid, int life, long updates, Figure why) {
    next = Math.max(next, life) + 1 & Integer.MAX_VALUE;
    tally.add(Figure.ROWS, fid, -1);
    tally.add(why, fid, 1);
    tally.add(Figure.GONE_UPDATES, fid, updates);
    touched.removed(fid);
  }

  boolean isExpired(long fid, long lastSeen) {
    return rules.isExpired(fid, lastSeen, now);
  }
}
