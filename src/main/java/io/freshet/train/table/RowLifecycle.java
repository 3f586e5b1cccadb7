package io.freshet.train.table;

import io.freshet.model.Admission;
import io.freshet.model.row.FieldRules;
import io.freshet.train.message.ShardRequest.Occurrences;
import io.freshet.train.message.ShardRequest.RowDelta;
import io.freshet.train.table.TableCounters.Counter;
import io.freshet.train.table.cache.RowCache;
import io.freshet.train.table.cache.StoredRow;

/**
 * Decides which features of a shard have a row: when a feature is admitted, and when its row is
 * gone.
 *
 * <p><b>Admission.</b> A feature whose field does not admit all has no row when it is looked up,
 * and trainers send back only how often it occurred. When that earns it a row, the row begins, and
 * the next lookup finds it. A feature's counter takes the place of its row in state. Occurrences
 * learned before, in an earlier pass over a recording, are not counted again.
 *
 * <p><b>Expiry.</b> Time is the latest event time that the shard has learned from. A row looked up
 * after its field's expiry begins again, whether or not the {@link ExpirySweep} has reached it: so
 * what is learned does not depend on the sweep.
 *
 * <p><b>Generations.</b> Between a lookup and the delta that comes back, the row may go and another
 * begin. So each row has a generation, above that of every row of the shard that went since the
 * last restore; 0 where none did. The response to a lookup has it, the delta returns it, and a
 * delta of another generation is dropped and counted. A delta for a row that had not begun when it
 * was pulled fits any generation: it was learned on the start values that every generation has.
 * Nothing is in flight at a checkpoint, so the state holds the generations of the rows and needs no
 * other counter.
 */
final class RowLifecycle {
  private final FieldRules rules;
  private final RowCache cache;
  private final RowStateStore state;
  private final LastSeenIndex index; // null where no row is lost
  private final AdmissionSketch sketch;
  private final ChangedRowBuffer changed;
  private final TableCounters counters;
  private long now = Long.MIN_VALUE;
  private int next; // generation of rows that begin now

  RowLifecycle(
      FieldRules rules,
      RowCache cache,
      RowStateStore state,
      LastSeenIndex index,
      AdmissionSketch sketch,
      ChangedRowBuffer changed,
      TableCounters counters) {
    this.rules = rules;
    this.cache = cache;
    this.state = state;
    this.index = index;
    this.sketch = sketch;
    this.changed = changed;
    this.counters = counters;
  }

  /** Latest event time that was learned from. */
  long now() {
    return now;
  }

  /** Advances event time. */
  void advance(long time) {
    now = Math.max(now, time);
  }

  /** Renews the expired rows of a lookup; those that must be earned again become {@code NO_ROW}. */
  void lookedUp(long[] fids, int from, int n, int[] entries) throws Exception {
    for (int i = 0; i < n; i++) {
      int entry = entries[i];
      if (entry >= 0
          && cache.generation(entry) >= 0
          && isExpired(fids[from + i], cache.lastSeen(entry))) {
        entries[i] = renew(fids[from + i], entry);
      }
    }
  }

  private int renew(long fid, int entry) throws Exception {
    state.put(fid, StoredRow.absent(0, cache.lastSeen(entry)));
    gone(fid, cache.generation(entry), cache.updates(entry), Counter.EXPIRED);
    if (rules.admitsAll(fid)) {
      cache.restart(entry, RowCache.RENEWED);
      return entry;
    }
    cache.remove(entry);
    return RowCache.NO_ROW;
  }

  /** Begins the new rows of a delta; those that it does not fit become {@code NO_ROW}. */
  void moved(RowDelta delta, int from, int n, int[] entries) throws Exception {
    for (int i = 0; i < n; i++) {
      long fid = delta.fids()[from + i];
      int pulled = delta.generations()[from + i];
      if (entries[i] < 0 || pulled >= 0 && pulled != cache.generation(entries[i])) {
        counters.add(Counter.DROPPED, fid, delta.counts()[from + i]);
        entries[i] = RowCache.NO_ROW;
      } else if (cache.generation(entries[i]) < 0) {
        begin(fid, entries[i], delta.time());
      }
    }
  }

  /** Counts occurrences of features that had no row; a feature that earns one gets it. */
  void count(Occurrences seen, long wallClock) throws Exception {
    for (int i = 0; i < seen.fids().length; i++) {
      long fid = seen.fids()[i];
      counters.add(Counter.NOT_ADMITTED, fid, seen.counts()[i]);
      int entry = entry(fid, seen, i);
      if (entry != RowCache.NO_ROW) {
        cache.changed(entry, 0, seen.time(), wallClock);
      }
    }
  }

  /** The entry of the row that a feature has by now: these or other occurrences have earned it. */
  private int entry(long fid, Occurrences seen, int i) throws Exception {
    if (cache.peek(fid) >= 0) {
      return cache.peek(fid);
    }
    StoredRow known = state.get(fid);
    if (known != null && !known.isAbsent()) {
      return cache.entry(fid);
    }
    if (!earns(fid, known, seen, i)) {
      return RowCache.NO_ROW;
    }
    int entry = cache.start(fid, known);
    begin(fid, entry, seen.time());
    return entry;
  }

  private boolean earns(long fid, StoredRow known, Occurrences seen, int i) throws Exception {
    Admission admission = rules.admission(fid);
    if (admission instanceof Admission.Sketched sketched) {
      return sketch.add(fid, seen.newCounts()[i]) >= sketched.occurrences();
    } else if (admission instanceof Admission.Counted counted) {
      return counts(fid, known, seen, i, counted.occurrences());
    }
    return seen.drawn()[i] || admission instanceof Admission.All;
  }

  /**
   * Raises a feature's own counter, which restarts from 0 after an expiry without occurrences;
   * returns whether it is full.
   */
  private boolean counts(long fid, StoredRow known, Occurrences seen, int i, int full)
      throws Exception {
    boolean isRecent = known != null && !isExpired(fid, known.lastSeen());
    long count = seen.newCounts()[i] + (isRecent ? known.updates() : 0);
    if (count >= full) {
      return true;
    }
    long lastSeen = known == null ? seen.time() : Math.max(known.lastSeen(), seen.time());
    state.put(fid, StoredRow.absent(count, lastSeen));
    if (known == null) {
      list(fid, lastSeen);
    }
    return false;
  }

  private void begin(long fid, int entry, long time) throws Exception {
    boolean isListed = cache.generation(entry) == RowCache.RENEWED;
    cache.generation(entry, next);
    counters.add(Counter.ROWS, fid, 1);
    counters.add(Counter.ADMITTED, fid, 1);
    if (!isListed) {
      list(fid, time);
    }
  }

  private void list(long fid, long lastSeen) throws Exception {
    if (index != null) {
      index.list(fid, lastSeen);
    }
  }

  /** Counts and reports a row that is gone. */
  void gone(long fid, int generation, long updates, Counter why) {
    next = Math.max(next, generation) + 1 & Integer.MAX_VALUE;
    counters.add(Counter.ROWS, fid, -1);
    counters.add(why, fid, 1);
    counters.add(Counter.GONE_UPDATES, fid, updates);
    changed.remove(fid);
  }

  boolean isExpired(long fid, long lastSeen) {
    return rules.isExpired(fid, lastSeen, now);
  }
}
