package io.freshet.serve.model;

import io.freshet.feature.history.ActionHistory;
import io.freshet.feature.history.ActionHistoryCodec;
import io.freshet.snapshot.history.HistorySink;
import java.util.Arrays;

/**
 * Histories by id, in memory; never changes.
 *
 * <p>A hash table of pages, each of which has its ids and their packed histories in an array each.
 * {@link #edit} makes a table that shares all pages it does not change, as {@link RowTable} does.
 */
public final class HistoryTable implements VersionHistories {
  private static final long SPREAD = 0x9E3779B97F4A7C15L; // odd, near 2^64 / golden ratio
  private static final int A_PAGE = 16; // histories, when pages are made
  private static final int MOST_A_PAGE = 64; // on the average
  private static final int MAX_BITS = 26;

  private static final int BYTES_A_HISTORY = 40; // id, references, headers and padding
  private static final int BYTES_AN_ACTION = 13;

  private static final Page EMPTY = new Page(new long[0], new byte[0][]);

  private final Page[] pages; // 2^bits
  private final long size;

  private HistoryTable(Page[] pages, long size) {
    this.pages = pages;
    this.size = size;
  }

  /** Histories in no order. */
  private record Page(long[] ids, byte[][] packed) {
    int find(long id) {
      for (int i = 0; i < ids.length; i++) {
        if (ids[i] == id) {
          return i;
        }
      }
      return -1;
    }

    Page with(int place, long id, byte[] history) {
      int n = Math.max(ids.length, place + 1);
      long[] newIds = Arrays.copyOf(ids, n);
      byte[][] newPacked = Arrays.copyOf(packed, n);
      newIds[place] = id;
      newPacked[place] = history;
      return new Page(newIds, newPacked);
    }

    /** Without the i-th, whose place the last one takes. */
    Page without(int i) {
      int last = ids.length - 1;
      Page less = i == last ? this : with(i, ids[last], packed[last]);
      return new Page(Arrays.copyOf(less.ids, last), Arrays.copyOf(less.packed, last));
    }
  }

  /**
   * A table without histories.
   *
   * @param expected about how many it will hold first
   */
  public static HistoryTable empty(long expected) {
    return new HistoryTable(emptyPages(expected), 0);
  }

  private static Page[] emptyPages(long expected) {
    long wanted = Math.max(2, expected / A_PAGE);
    int bits = Math.min(MAX_BITS, 64 - Long.numberOfLeadingZeros(wanted - 1));
    Page[] pages = new Page[1 << bits];
    Arrays.fill(pages, EMPTY);
    return pages;
  }

  /** About how much heap so many histories take. */
  public static long bytes(long histories, long actions) {
    return histories * BYTES_A_HISTORY + actions * BYTES_AN_ACTION;
  }

  @Override
  public ActionHistory find(long id) {
    Page page = pages[page(id, pages)];
    int i = page.find(id);
    return i < 0 ? null : ActionHistoryCodec.of(page.packed[i]);
  }

  /** Changes to make to this table, which itself stays as it is. */
  public Edit edit() {
    return new Edit(this);
  }

  private static int page(long id, Page[] pages) {
    return (int) (id * SPREAD >>> 64 - Integer.numberOfTrailingZeros(pages.length));
  }

  /** A new table in the making. Not thread-safe. */
  public static final class Edit implements HistorySink {
    private Page[] pages;
    private long size;

    private Edit(HistoryTable table) {
      pages = table.pages.clone();
      size = table.size;
    }

    @Override
    public void putHistory(long id, ActionHistory actions) {
      put(id, ActionHistoryCodec.bytes(actions));
    }

    private void put(long id, byte[] packed) {
      int at = page(id, pages);
      int place = pages[at].find(id);
      size += place < 0 ? 1 : 0;
      pages[at] = pages[at].with(place < 0 ? pages[at].ids.length : place, id, packed);
    }

    @Override
    public void removeHistory(long id) {
      int at = page(id, pages);
      int place = pages[at].find(id);
      if (place >= 0) {
        size--;
        pages[at] = pages[at].without(place);
      }
    }

    /** The new table; the edit is over. */
    public HistoryTable build() {
      if (size > (long) MOST_A_PAGE * pages.length) {
        spread();
      }
      return new HistoryTable(pages, size);
    }

    private void spread() {
      Page[] full = pages;
      pages = emptyPages(size);
      size = 0;
      for (Page page : full) {
        for (int i = 0; i < page.ids.length; i++) {
          put(page.ids[i], page.packed[i]);
        }
      }
    }
  }
}
