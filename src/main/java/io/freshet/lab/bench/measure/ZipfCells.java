package io.freshet.lab.bench.measure;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Draws like {@link ZipfIds}, faster: from 65,536 cells of equal probability, each uniform within,
 * instead of by a power. The cells' bounds fit a core's cache.
 */
public final class ZipfCells {
  private static final int CELL_BITS = 16;
  private static final int CELLS = 1 << CELL_BITS;
  private static final int WITHIN_BITS = Long.SIZE - CELL_BITS;

  private final int[] starts = new int[CELLS + 1];

  public ZipfCells(int n, double skew) {
    ZipfIds ids = new ZipfIds(n, skew);
    Arrays.setAll(starts, cell -> cell == CELLS ? n : (int) ids.at((double) cell / CELLS));
  }

  public int draw(SplittableRandom random) {
    long bits = random.nextLong();
    int cell = (int) (bits >>> WITHIN_BITS);
    double within = (bits << CELL_BITS >>> CELL_BITS) * 0x1p-48;
    return starts[cell] + (int) (within * (starts[cell + 1] - starts[cell]));
  }
}
