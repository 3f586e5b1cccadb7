package io.freshet.serve;

import io.freshet.snapshot.Version;
import java.io.IOException;
import java.util.TreeSet;

/**
 * Passes changes on, and knows which rows hold a number that is none. A version may be built on one
 * that was withheld for such rows, and have mended them.
 */
final class FiniteRows implements RowSink {
  private final RowSink to;
  private final int width;
  private final TreeSet<Long> broken = new TreeSet<>();

  FiniteRows(RowSink to, int width) {
    this.to = to;
    this.width = width;
  }

  @Override
  public void put(long fid, float[] rows, int at) throws IOException {
    if (isFinite(rows, at, width)) {
      broken.remove(fid);
    } else {
      broken.add(fid);
    }
    to.put(fid, rows, at);
  }

  @Override
  public void remove(long fid) throws IOException {
    broken.remove(fid);
    to.remove(fid);
  }

  /** Whether all rows are in order so far. */
  boolean isSound() {
    return broken.isEmpty();
  }

  /**
   * Checks that all rows are in order.
   *
   * @throws IOException naming one that is not
   */
  void check(Version version) throws IOException {
    if (!isSound()) {
      throw new IOException(
          "version %s holds a number that is none in %d rows, that of fid %d among them"
              .formatted(version, broken.size(), broken.first()));
    }
  }

  static boolean isFinite(float[] values, int from, int n) {
    for (int i = from; i < from + n; i++) {
      if (!Float.isFinite(values[i])) {
        return false;
      }
    }
    return true;
  }
}
