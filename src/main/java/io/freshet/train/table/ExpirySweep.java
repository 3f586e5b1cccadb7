package io.freshet.train.table;

import io.freshet.train.table.LastSeenIndex.Page;
import io.freshet.train.table.TableCounters.Counter;
import io.freshet.train.table.cache.RowCache;
import io.freshet.train.table.cache.StoredRow;
import java.util.List;
import java.util.Optional;

/**
 * Removes features that were not seen for long, a few between two messages: expired rows, the least
 * recently seen rows where there are too many, and counters of features that never earned a row.
 *
 * <p>Works through one page of the {@link LastSeenIndex} at a time, the oldest first. A feature
 * seen since then is listed again. The rest of the page stays in memory, also while there is
 * nothing to do: at the limit of rows each message asks for some of it. Before a barrier it is put
 * back, so that the state holds each feature once.
 */
final class ExpirySweep {
  private final LastSeenIndex index;
  private final RowLifecycle lifecycle;
  private final RowCache cache;
  private final RowStateStore state;
  private final TableCounters counters;
  private final long mostRows;
  private Optional<Page> page = Optional.empty();
  private List<Long> fids = List.of(); // of the page
  private int next; // index in fids

  /**
   * @param mostRows limit of rows of this shard
   */
  ExpirySweep(
      LastSeenIndex index,
      RowLifecycle lifecycle,
      RowCache cache,
      RowStateStore state,
      TableCounters counters,
      long mostRows) {
    this.index = index;
    this.lifecycle = lifecycle;
    this.cache = cache;
    this.state = state;
    this.counters = counters;
    this.mostRows = mostRows;
  }

  /** Looks at so many features at most. */
  void step(int most) throws Exception {
    for (int i = 0; i < most && hasWork(); i++) {
      look(page.orElseThrow(), fids.get(next++));
    }
  }

  /** Rows above the limit. */
  long surplus() {
    return Math.max(0, counters.total(Counter.ROWS) - mostRows);
  }

  private boolean hasWork() throws Exception {
    while (next == fids.size() || !isWanted(page.orElseThrow())) {
      Optional<Page> wanted = index.due(lifecycle.now());
      if (wanted.isEmpty() && surplus() > 0) {
        wanted = index.oldest();
      }
      if (wanted.isEmpty()) {
        return false;
      }
      putBack();
      page = wanted;
      fids = index.take(wanted.get());
    }
    return true;
  }

  private boolean isWanted(Page taken) {
    return surplus() > 0 || index.isDue(taken, lifecycle.now());
  }

  /** Puts back the rest of the page. */
  void putBack() throws Exception {
    if (page.isPresent() && next < fids.size()) {
      index.putBack(page.get(), fids.subList(next, fids.size()));
    }
    page = Optional.empty();
    fids = List.of();
    next = 0;
  }

  private void look(Page from, long fid) throws Exception {
    int entry = cache.peek(fid);
    if (entry >= 0 && cache.generation(entry) < 0) {
      state.delete(fid);
      cache.generation(entry, RowCache.NEW);
    } else if (entry >= 0) {
      boolean isGone =
          removeOrList(
              from, fid, cache.lastSeen(entry), cache.generation(entry), cache.updates(entry));
      if (isGone) {
        cache.remove(entry);
      }
    } else {
      StoredRow known = state.get(fid);
      if (known != null && known.isAbsent()) {
        removeOrListCounter(from, fid, known.lastSeen());
      } else if (known != null) {
        removeOrList(from, fid, known.lastSeen(), known.generation(), known.updates());
      }
    }
  }

  /** Returns whether the row is gone. */
  private boolean removeOrList(Page from, long fid, long lastSeen, int generation, long updates)
      throws Exception {
    boolean isExpired = lifecycle.isExpired(fid, lastSeen);
    if (!isExpired && lastSeen >= from.to()) {
      index.list(fid, lastSeen);
      return false;
    }
    lifecycle.gone(fid, generation, updates, isExpired ? Counter.EXPIRED : Counter.EVICTED);
    state.delete(fid);
    return true;
  }

  private void removeOrListCounter(Page from, long fid, long lastSeen) throws Exception {
    if (!lifecycle.isExpired(fid, lastSeen) && lastSeen >= from.to()) {
      index.list(fid, lastSeen);
    } else {
      state.delete(fid);
    }
  }
}
