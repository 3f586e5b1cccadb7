package io.freshet.model.row;

import io.freshet.feature.Fids;
import java.util.Arrays;

/**
 * Stored rows as they travel in the loop and are kept in state: where the embeddings of a field are
 * shorter than the model's, without the zeros behind them and behind each of their slots. The one
 * place that knows how long a row is by its field. Where all fields have one size, rows are as they
 * are.
 */
public final class RowPacking {
  private final int width; // of a row
  private final int k; // size of the model's embeddings
  private final int slots; // where those of embeddings begin
  private final int[] sizes; // of embeddings, by field number
  private final boolean on; // whether some are shorter

  RowPacking(int width, int k, int slots, int[] sizes) {
    this.width = width;
    this.k = k;
    this.slots = slots;
    this.sizes = sizes;
    on = Arrays.stream(sizes).anyMatch(size -> size < k);
  }

  /** Whether rows differ in length. */
  public boolean isOn() {
    return on;
  }

  /** Floats of a row. */
  public int rowWidth() {
    return width;
  }

  /** Floats of a feature's packed row. */
  int width(long fid) {
    int size = sizes[Fids.field(fid)];
    int packed = slots - k + size;
    for (int s = slots; s < width; s += k) {
      packed += Math.min(size, width - s);
    }
    return packed;
  }

  /** Floats of the packed rows of features together. */
  public int width(long[] fids) {
    int packed = on ? 0 : fids.length * width;
    for (int i = 0; on && i < fids.length; i++) {
      packed += width(fids[i]);
    }
    return packed;
  }

  /** Copies a row {@code row[r …]} packed to {@code packed[p …]}; returns its number of floats. */
  public int pack(long fid, float[] row, int r, float[] packed, int p) {
    if (!on) {
      System.arraycopy(row, r, packed, p, width);
      return width;
    }
    int size = sizes[Fids.field(fid)];
    int between = slots - 1 - k;
    System.arraycopy(row, r, packed, p, 1 + size);
    System.arraycopy(row, r + 1 + k, packed, p + 1 + size, between);
    int at = p + 1 + size + between;
    for (int s = slots; s < width; s += k) {
      int n = Math.min(size, width - s);
      System.arraycopy(row, r + s, packed, at, n);
      at += n;
    }
    return at - p;
  }

  /** Copies a packed row {@code packed[p …]} to {@code row[r …]}; returns its number of floats. */
  public int unpack(long fid, float[] packed, int p, float[] row, int r) {
    if (!on) {
      System.arraycopy(packed, p, row, r, width);
      return width;
    }
    int size = sizes[Fids.field(fid)];
    int between = slots - 1 - k;
    Arrays.fill(row, r, r + width, 0);
    System.arraycopy(packed, p, row, r, 1 + size);
    System.arraycopy(packed, p + 1 + size, row, r + 1 + k, between);
    int at = p + 1 + size + between;
    for (int s = slots; s < width; s += k) {
      int n = Math.min(size, width - s);
      System.arraycopy(packed, at, row, r + s, n);
      at += n;
    }
    return at - p;
  }

  /** A packed row; the row itself where all fields have one size. */
  public float[] packed(long fid, float[] row) {
    if (!on) {
      return row;
    }
    float[] packed = new float[width(fid)];
    pack(fid, row, 0, packed, 0);
    return packed;
  }

  /** The row that was packed; what is no packed row of the feature stays as it is. */
  public float[] unpacked(long fid, float[] packed) {
    if (!on || packed.length != width(fid)) {
      return packed;
    }
    float[] row = new float[width];
    unpack(fid, packed, 0, row, 0);
    return row;
  }

  /** The rows of features, one after the other. */
  public float[] unpacked(long[] fids, float[] packed) {
    if (!on) {
      return packed;
    }
    float[] rows = new float[fids.length * width];
    int at = 0;
    for (int i = 0; i < fids.length; i++) {
      at += unpack(fids[i], packed, at, rows, i * width);
    }
    return rows;
  }
}
