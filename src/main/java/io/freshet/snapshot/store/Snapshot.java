package io.freshet.snapshot.store;

import static java.util.Objects.requireNonNull;

import io.freshet.model.batch.LongIndex;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.model.row.RowWeights;
import io.freshet.model.row.TableCounts;
import io.freshet.snapshot.format.DensePart;
import io.freshet.snapshot.format.EmbeddingRows;
import io.freshet.snapshot.format.Manifest;
import java.util.Arrays;
import java.util.BitSet;

/**
 * A whole model, read back: rows of weights {@code [w, v₁…v_k]} by feature id, the dense part, and
 * the gauge.
 *
 * <p>Built by one thread; then it may be read by many.
 */
public final class Snapshot implements RowWeights {
  private final Manifest manifest;
  private final int width;
  private final LongIndex index;
  private final BitSet present = new BitSet();
  private float[] rows;
  private long[] updates;
  private final DensePart dense;

  Snapshot(Manifest manifest, int expectedRows, DensePart dense) {
    this.manifest = requireNonNull(manifest, "manifest");
    this.dense = requireNonNull(dense, "dense");
    this.width = manifest.rowWidth();
    int start = Math.max(16, expectedRows);
    index = new LongIndex(start);
    rows = new float[Math.multiplyExact(start, width)];
    updates = new long[start];
  }

  /** Takes the rows of a file in place of any of an earlier one, and drops those it removes. */
  void apply(EmbeddingRows file) {
    for (int i = 0; i < file.size(); i++) {
      int row = index.add(file.fids()[i]);
      if (row == updates.length) {
        updates = Arrays.copyOf(updates, Math.multiplyExact(row, 2));
        rows = Arrays.copyOf(rows, Math.multiplyExact(updates.length, width));
      }
      present.set(row);
      updates[row] = file.updates()[i];
      System.arraycopy(file.rows(), i * width, rows, row * width, width);
    }
    for (long fid : file.removed()) {
      int row = index.find(fid);
      if (row >= 0) {
        present.clear(row);
      }
    }
  }

  /** The manifest of the version that was loaded. */
  public Manifest manifest() {
    return manifest;
  }

  /** Floats of a row, 1 + k. */
  public int width() {
    return width;
  }

  /** Rows in the model. */
  public int size() {
    return present.cardinality();
  }

  @Override
  public boolean read(long fid, float[] target, int at) {
    int row = find(fid);
    if (row < 0) {
      return false;
    }
    System.arraycopy(rows, row * width, target, at, width);
    return true;
  }

  /** Training occurrences of a feature; 0 where the model does not hold the id. */
  public long updates(long fid) {
    int row = find(fid);
    return row < 0 ? 0 : updates[row];
  }

  /** Training occurrences of all features: the audit of exactly-once. */
  public long totalUpdates() {
    return present.stream().mapToLong(row -> updates[row]).sum();
  }

  /**
   * Training occurrences of all features, those without rows as well: with {@link #totalUpdates},
   * those that the manifest says were not admitted, or were learned by rows that went.
   */
  public long totalOccurrences() {
    return totalUpdates() + TableCounts.outsideRows(manifest.metrics());
  }

  /** The ids in the model, ascending. */
  public long[] fids() {
    return present.stream().mapToLong(index::key).sorted().toArray();
  }

  /**
   * A tensor of the dense part, row by row; the array is the snapshot's own.
   *
   * @throws IllegalArgumentException where there is no tensor of the name
   */
  public float[] dense(String name) {
    float[] values = dense.tensors().get(name);
    if (values == null) {
      throw new IllegalArgumentException(
          "version %s has no tensor \"%s\", but %s"
              .formatted(manifest.version(), name, dense.tensors().keySet()));
    }
    return values;
  }

  /** The dense part as one vector, its tensors in the order of the manifest. */
  public float[] denseVector() {
    return dense.vector();
  }

  /** How numbers are standardized and predictions mixed. */
  public PublishedGauge gauge() {
    return dense.gauge();
  }

  private int find(long fid) {
    int row = index.find(fid);
    return row >= 0 && present.get(row) ? row : -1;
  }
}
