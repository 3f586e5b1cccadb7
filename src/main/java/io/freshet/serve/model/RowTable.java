package io.freshet.serve.model;

import java.util.Arrays;

/**
 * Finished rows by feature id, in memory; never changes.
 *
 * <p>A hash table in two levels: the high bits of a fid's hash choose a page, the next ones a
 * bucket of about eight rows, whose ids and floats lie in one primitive array each. {@link #edit}
 * makes a new table that shares every bucket it does not change, so what an edit costs, in time and
 * memory, grows with what it changes: about twenty times the changed row's own bytes, plus a page
 * of references. A reader holds one table, hence one version, for as long as it likes; what only an
 * old table holds is garbage once the last reader let it go. No locks, no counting of readers.
 *
 * <p>The number of pages is fixed with the first rows; buckets of a page double when they are full
 * on the average, page by page, as edits come upon them.
 */
public final class RowTable implements VersionRows {
  /** Odd, near 2^64 / golden ratio: spreads keys that differ in a few bits only. */
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private static final int ROWS_A_BUCKET = 8;
  private static final int BUCKETS_A_PAGE = 128;

  /** Of a bucket's record, its arrays' headers and their padding, and the reference to it. */
  private static final int BUCKET_BYTES_A_ROW = 18;

  private static final Bucket EMPTY = new Bucket(new long[0], new float[0], new Object());

  private final int width;
  private final int pageBits;
  private final Page[] pages;
  private final long size;

  private RowTable(int width, int pageBits, Page[] pages, long size) {
    this.width = width;
    this.pageBits = pageBits;
    this.pages = pages;
    this.size = size;
  }

  /**
   * Rows in no order; the arrays are the bucket's own.
   *
   * @param maker of the bucket, who alone may still change it
   */
  private record Bucket(long[] fids, float[] rows, Object maker) {

    int find(long fid) {
      for (int i = 0; i < fids.length; i++) {
        if (fids[i] == fid) {
          return i;
        }
      }
      return -1;
    }

    Bucket plus(long fid, float[] from, int at, int width, Object by) {
      int n = fids.length;
      long[] moreFids = Arrays.copyOf(fids, n + 1);
      float[] moreRows = Arrays.copyOf(rows, (n + 1) * width);
      moreFids[n] = fid;
      System.arraycopy(from, at, moreRows, n * width, width);
      return new Bucket(moreFids, moreRows, by);
    }

    /** Without the i-th row, whose place the last one takes. */
    Bucket minus(int i, int width, Object by) {
      int last = fids.length - 1;
      long[] lessFids = Arrays.copyOf(fids, last);
      float[] lessRows = Arrays.copyOf(rows, last * width);
      if (i < last) {
        lessFids[i] = fids[last];
        System.arraycopy(rows, last * width, lessRows, i * width, width);
      }
      return new Bucket(lessFids, lessRows, by);
    }
  }

  private record Page(Bucket[] buckets, int size) {}

  /**
   * A table without rows.
   *
   * @param width floats of a row
   * @param expected about how many rows it will hold first
   */
  public static RowTable empty(int width, long expected) {
    long pages = Math.max(2, expected / (ROWS_A_BUCKET * BUCKETS_A_PAGE));
    int bits = Math.min(24, 64 - Long.numberOfLeadingZeros(pages - 1));
    Page[] empty = new Page[1 << bits];
    Bucket[] buckets = {EMPTY, EMPTY};
    Arrays.fill(empty, new Page(buckets, 0));
    return new RowTable(width, bits, empty, 0);
  }

  /** About how much heap so many rows take, buckets included. */
  public static long bytes(int width, long rows) {
    return rows * (Long.BYTES + (long) Float.BYTES * width + BUCKET_BYTES_A_ROW);
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public boolean hold() {
    return true; // the collector knows who holds it
  }

  @Override
  public void release() {}

  /** Floats of a row. */
  int width() {
    return width;
  }

  @Override
  public boolean read(long fid, float[] target, int at) {
    long hash = fid * SPREAD;
    Bucket[] buckets = pages[page(hash, pageBits)].buckets;
    Bucket bucket = buckets[bucket(hash, pageBits, buckets.length)];
    int i = bucket.find(fid);
    if (i < 0) {
      return false;
    }
    System.arraycopy(bucket.rows, i * width, target, at, width);
    return true;
  }

  /** Changes to make to this table, which itself stays as it is. */
  public Edit edit() {
    return new Edit(this);
  }

  /** How many buckets are no other table's too: what an edit of that one cost. */
  int bucketsNotSharedWith(RowTable other) {
    int own = 0;
    for (int page = 0; page < pages.length; page++) {
      Bucket[] buckets = pages[page].buckets;
      for (int i = 0; i < buckets.length; i++) {
        own += isSame(buckets[i], other.pages[page].buckets, i) ? 0 : 1;
      }
    }
    return own;
  }

  @SuppressWarnings("ReferenceEquality") // sharing is what it is about
  private static boolean isSame(Bucket bucket, Bucket[] others, int i) {
    return i < others.length && bucket == others[i];
  }

  private static int page(long hash, int pageBits) {
    return (int) (hash >>> 64 - pageBits);
  }

  /** By the bits behind those that chose the page; the number of buckets is a power of two. */
  private static int bucket(long hash, int pageBits, int buckets) {
    return (int) (hash << pageBits >>> 64 - Integer.numberOfTrailingZeros(buckets));
  }

  /** A new table in the making. Not thread-safe. */
  public static final class Edit implements RowSink {
    private final Object self = new Object(); // outlives the edit in its buckets, and holds nothing
    private final int width;
    private final int pageBits;
    private final Page[] pages;
    private final boolean[] owned; // pages whose array of buckets is this edit's own
    private final int[] sizes; // of owned pages
    private long size;

    private Edit(RowTable table) {
      width = table.width;
      pageBits = table.pageBits;
      pages = table.pages.clone();
      owned = new boolean[pages.length];
      sizes = new int[pages.length];
      size = table.size;
    }

    @Override
    public void put(long fid, float[] rows, int at) {
      long hash = fid * SPREAD;
      int page = own(page(hash, pageBits));
      Bucket[] buckets = pages[page].buckets;
      int place = bucket(hash, pageBits, buckets.length);
      Bucket bucket = buckets[place];
      int i = bucket.find(fid);
      if (i >= 0) {
        if (bucket.maker != self) {
          bucket = new Bucket(bucket.fids, bucket.rows.clone(), self);
          buckets[place] = bucket;
        }
        System.arraycopy(rows, at, bucket.rows, i * width, width);
        return;
      }
      buckets[place] = bucket.plus(fid, rows, at, width, self);
      size++;
      if (++sizes[page] > ROWS_A_BUCKET * buckets.length) {
        pages[page] = new Page(split(buckets), sizes[page]);
      }
    }

    @Override
    public void remove(long fid) {
      long hash = fid * SPREAD;
      int page = page(hash, pageBits);
      Bucket[] buckets = pages[page].buckets;
      int i = buckets[bucket(hash, pageBits, buckets.length)].find(fid);
      if (i >= 0) {
        own(page);
        buckets = pages[page].buckets;
        int place = bucket(hash, pageBits, buckets.length);
        buckets[place] = buckets[place].minus(i, width, self);
        sizes[page]--;
        size--;
      }
    }

    /** The new table; the edit is over. */
    public RowTable build() {
      for (int page = 0; page < pages.length; page++) {
        if (owned[page]) {
          pages[page] = new Page(pages[page].buckets, sizes[page]);
          owned[page] = false;
        }
      }
      return new RowTable(width, pageBits, pages, size);
    }

    private int own(int page) {
      if (!owned[page]) {
        owned[page] = true;
        sizes[page] = pages[page].size;
        pages[page] = new Page(pages[page].buckets.clone(), sizes[page]);
      }
      return page;
    }

    private Bucket[] split(Bucket[] buckets) {
      Bucket[] twice = new Bucket[2 * buckets.length];
      Arrays.fill(twice, EMPTY);
      for (Bucket bucket : buckets) {
        for (int i = 0; i < bucket.fids.length; i++) {
          long fid = bucket.fids[i];
          int place = bucket(fid * SPREAD, pageBits, twice.length);
          twice[place] = twice[place].plus(fid, bucket.rows, i * width, width, self);
        }
      }
      return twice;
    }
  }
}
