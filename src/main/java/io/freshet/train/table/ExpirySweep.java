package io.freshet.train.table;

import io.freshet.train.table.LastSeenIndex.Page;
import io.freshet.train.table.RowLifecycle.Entries;
import io.freshet.train.table.TableCounters.Figure;
import java.util.List;
import java.util.Optional;

/**
 * Clears away features that were not seen for long, a few between two messages: rows whose expiry
 * has passed, the least recently seen rows where there are too many, and counters of features that
 * never earned a row.
 *
 * <p>Works off one of the {@link LastSeenIndex} at a time, the oldest first. A feature seen since
 * then is listed anew. Ahead of a barrier what is left of the page is put back, so that the state
 * holds each feature once.
 */
final class ExpirySweep {
  private final LastSeenIndex pages;
  private final RowLifecycle lives;
  private final RowCache cache;
  private final Entries entries;
  private final TableCounters tally;
  private final long mostRows;
  private Optional<Page> page = Optional.empty();
  private List<Long> fids = List.of(); // of the page
  private int next; // in them

  /**
   * @param mostRows that this shard may hold
   */
  ExpirySweep(
      LastSeenIndex pages,
      RowLifecycle lives,
      RowCache cache,
      Entries entries,
      TableCounters tally,
      long mostRows) {
    this.pages = pages;
    this.lives = lives;
    this.cache = cache;
    this.entries = entries;
    this.tally = tally;
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
    return Math.max(0, tally.total(Figure.ROWS) - mostRows);
  }

  private boolean hasWork() throws Exception {
    while (true) {
      if (page.isPresent() && next < fids.size() && isWanted(page.get())) {
        return true;
      }
      putBack();
      page = pages.due(lives.now());
      if (page.isEmpty() && surplus() > 0) {
        page = pages.oldest();
      }
      if (page.isEmpty()) {
        return false;
      }
      fids = pages.take(page.get());
    }
  }

  private boolean isWanted(Page taken) {
    return surplus() > 0 || pages.isDue(taken, lives.now());
  }

  /** Puts back what is left of a page. */
  void putBack() throws Exception {
    if (page.isPresent() && next < fids.size()) {
      pages.putBack(page.get(), fids.subList(next, fids.size()));
    }
    page = Optional.empty();
    fids = List.of();
    next = 0;
  }

  private void look(Page from, long fid) throws Exception {
    int slot = cache.peek(fid);
    if (slot >= 0 && cache.life(slot) < 0) {
      entries.clear(fid);
      cache.life(slot, RowCache.NEW);
    } else if (slot >= 0) {
      long updates = cache.updates(slot);
      int life = cache.life(slot);
      if (judge(from, fid, cache.lastSeen(slot), life, updates)) {
        cache.remove(slot);
      }
    } else {
      StoredRow entry = entries.load(fid);
      if (entry != null && entry.isAbsent()) {
        lookAtCounter(from, fid, entry);
      } else if (entry != null) {
        judge(from, fid, entry.lastSeen(), entry.life(), entry.updates());
      }
    }
  }

  /** Lets a row go, or lists it anew; returns whether it went. */
  private boolean judge(Page from, long fid, long lastSeen, int life, long updates)
      throws Exception {
    boolean isExpired = lives.isExpired(fid, lastSeen);
    if (!isExpired && lastSeen >= from.to()) {
      pages.list(fid, lastSeen);
      return false;
    }
    lives.gone(fid, life, updates, isExpired ? Figure.EXPIRED : Figure.EVICTED);
    entries.clear(fid);
    return true;
  }

  private void lookAtCounter(Page from, long fid, StoredRow entry) throws Exception {
    if (!lives.isExpired(fid, entry.lastSeen()) && entry.lastSeen() >= from.to()) {
      pages.list(fid, entry.lastSeen());
    } else {
      entries.clear(fid);
    }
  }
}
