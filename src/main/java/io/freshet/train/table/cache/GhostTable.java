package io.freshet.train.table.cache;

/**
 * Remembers which features were evicted not long ago, without their rows: the ghost queue of 2Q and
 * S3-FIFO as a table of 32-bit hashes, four bytes for each. A feature replaces whichever is at its
 * place, so the table forgets at random, after about as many evictions as it has places.
 */
final class GhostTable {
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private final int[] hashes; // odd; 0 is an empty place
  private final int shift;

  /** Creates a table that remembers about as many features as a cache of this capacity has rows. */
  GhostTable(int capacity) {
    int places = Integer.highestOneBit(Math.max(2, capacity));
    hashes = new int[places];
    shift = Long.SIZE - Integer.numberOfTrailingZeros(places);
  }

  void add(long fid) {
    long hash = hash(fid);
    hashes[place(hash)] = (int) hash | 1;
  }

  /** Whether a feature was added and is not forgotten; of others, one in 2³¹ seems so. */
  boolean contains(long fid) {
    long hash = hash(fid);
    return hashes[place(hash)] == ((int) hash | 1);
  }

  private static long hash(long fid) {
    long spread = fid * SPREAD;
    return (spread ^ spread >>> 32) * SPREAD;
  }

  private int place(long hash) {
    return (int) (hash >>> shift);
  }

  /** Heap size. */
  long bytes() {
    return (long) Integer.BYTES * hashes.length;
  }
}
