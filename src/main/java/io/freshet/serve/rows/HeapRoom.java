package io.freshet.serve.rows;

import io.freshet.snapshot.format.Version;

/**
 * Whether a table fits into the heap in addition to all that is there: asked before it is loaded,
 * as an {@link OutOfMemoryError} in the middle hits any thread that allocates next, requests too.
 *
 * <p>What only looks taken is collected first, once a minute at most. A twentieth of the heap is
 * left to requests.
 */
final class HeapRoom {
  private static final long INTERVAL_NANOS = 60_000_000_000L;
  private static final int LEFT_TO_REQUESTS = 20;
  private static long collected = System.nanoTime() - INTERVAL_NANOS;

  private HeapRoom() {}

  /**
   * Checks that there is room.
   *
   * @throws NoRoomException with both numbers where there is none
   */
  static synchronized void check(Version version, long bytes) throws NoRoomException {
    if (free() < bytes && System.nanoTime() - collected >= INTERVAL_NANOS) {
      System.gc();
      collected = System.nanoTime();
    }
    long free = free();
    if (free < bytes) {
      throw new NoRoomException(
          "the heap has %s of %s MiB free, and version %s needs about %s MiB; expected a larger heap, or --store rocksdb"
              .formatted(free >> 20, Runtime.getRuntime().maxMemory() >> 20, version, bytes >> 20));
    }
  }

  private static long free() {
    Runtime jvm = Runtime.getRuntime();
    long used = jvm.totalMemory() - jvm.freeMemory();
    return Math.max(0, jvm.maxMemory() - used - jvm.maxMemory() / LEFT_TO_REQUESTS);
  }
}
