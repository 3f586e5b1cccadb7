package io.freshet.snapshot.maintain;

import io.freshet.feature.Fids;
import io.freshet.snapshot.format.DensePart;
import io.freshet.snapshot.format.GaugeTensors;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.merge.RowMerge;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * How much a model moved between two versions.
 *
 * <p>Both are streamed over their sorted files side by side: memory depends neither on the size of
 * the model nor on the length of the chains. Those of a far store are copied to a local disk
 * meanwhile ({@link NearFiles}).
 *
 * @param fields by field number; 0 is the bias
 * @param all over all fields
 * @param tensors those of the dense part and the gauge that both versions have in one shape
 */
public record SnapshotDiff(SortedMap<Integer, Rows> fields, Rows all, List<TensorMove> tensors) {
  private static final int READ_BYTES = 8 << 20;

  /**
   * How rows moved. Means are over the changed rows, and NaN where there are none; a row that is no
   * number in one of the versions counts as changed, and makes them NaN too.
   *
   * @param meanWeight of the distance of w
   * @param meanEmbedding of the Euclidean distance of v
   */
  public record Rows(
      long added,
      long removed,
      long changed,
      long same,
      double meanWeight,
      double maxWeight,
      double meanEmbedding,
      double maxEmbedding) {}

  /**
   * How a tensor moved.
   *
   * @param mean of the elements' distances
   * @param norm the Euclidean distance
   */
  public record TensorMove(String name, double mean, double max, double norm) {}

  /**
   * Compares two versions.
   *
   * @throws IOException also where their rows have different lengths
   */
  public static SnapshotDiff between(SnapshotStore store, Version before, Version after)
      throws IOException {
    Manifest a = store.manifest(before);
    Manifest b = store.manifest(after);
    if (a.rowWidth() != b.rowWidth()) {
      throw new IOException(
          "version %s has embeddings of %s and %s of %s: their rows do not compare"
              .formatted(before, a.model().embeddingSize(), after, b.model().embeddingSize()));
    }
    SnapshotReader reader = new SnapshotReader(store);
    List<Manifest> chainBefore = reader.chain(before, Optional.empty());
    List<Manifest> chainAfter = reader.chain(after, Optional.empty());
    List<Manifest> chains =
        Stream.concat(chainBefore.stream(), chainAfter.stream()).distinct().toList();
    try (NearFiles near =
        NearFiles.of(store.storage(), chains, Manifest::embeddings, NearFiles.temporary())) {
      Live left = new Live(RowMerge.of(near.storage(), chainBefore, READ_BYTES));
      Live right = new Live(RowMerge.of(near.storage(), chainAfter, READ_BYTES));
      return between(left, right, tensors(store, a, b));
    }
  }

  private static SnapshotDiff between(Live left, Live right, List<TensorMove> tensors)
      throws IOException {
    SortedMap<Integer, Moves> fields = new TreeMap<>();
    Moves all = new Moves();
    while (left.isThere() || right.isThere()) {
      boolean isLeft = left.isThere() && (!right.isThere() || left.fid() <= right.fid());
      boolean isRight = right.isThere() && (!left.isThere() || right.fid() <= left.fid());
      long fid = isLeft ? left.fid() : right.fid();
      Moves field = fields.computeIfAbsent(Fids.field(fid), number -> new Moves());
      for (Moves moves : List.of(field, all)) {
        if (isLeft && isRight) {
          moves.both(left.row(), right.row());
        } else {
          moves.one(isRight);
        }
      }
      if (isLeft) {
        left.move();
      }
      if (isRight) {
        right.move();
      }
    }
    SortedMap<Integer, Rows> summed = new TreeMap<>();
    fields.forEach((number, moves) -> summed.put(number, moves.sum()));
    return new SnapshotDiff(summed, all.sum(), tensors);
  }

  private static List<TensorMove> tensors(SnapshotStore store, Manifest a, Manifest b)
      throws IOException {
    Map<String, double[]> before = tensors(store, a);
    List<TensorMove> moves = new ArrayList<>();
    tensors(store, b)
        .forEach(
            (name, values) -> {
              double[] old = before.get(name);
              if (old != null && old.length == values.length) {
                moves.add(move(name, old, values));
              }
            });
    return List.copyOf(moves);
  }

  private static Map<String, double[]> tensors(SnapshotStore store, Manifest manifest)
      throws IOException {
    DensePart dense = new SnapshotReader(store).dense(manifest);
    Map<String, double[]> tensors = GaugeTensors.values(dense.gauge(), manifest.schema());
    dense.tensors().forEach((name, values) -> tensors.put(name, doubles(values)));
    return tensors;
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    Arrays.setAll(doubles, i -> values[i]);
    return doubles;
  }

  private static TensorMove move(String name, double[] before, double[] after) {
    double sum = 0;
    double squares = 0;
    double max = 0;
    for (int i = 0; i < before.length; i++) {
      double distance = Math.abs(after[i] - before[i]);
      sum += distance;
      squares += distance * distance;
      max = Math.max(max, distance);
    }
    return new TensorMove(name, sum / before.length, max, Math.sqrt(squares));
  }

  /** The rows of a model, without what is removed. */
  private static final class Live {
    private final RowMerge rows;
    private boolean there;

    Live(RowMerge rows) throws IOException {
      this.rows = rows;
      move();
    }

    void move() throws IOException {
      do {
        there = rows.next();
      } while (there && rows.isRemoved());
    }

    boolean isThere() {
      return there;
    }

    long fid() {
      return rows.fid();
    }

    float[] row() {
      return rows.row();
    }
  }

  /** Sums over rows. */
  private static final class Moves {
    private long added;
    private long removed;
    private long changed;
    private long same;
    private double weights;
    private double maxWeight;
    private double embeddings;
    private double maxEmbedding;

    void one(boolean isAdded) {
      added += isAdded ? 1 : 0;
      removed += isAdded ? 0 : 1;
    }

    void both(float[] before, float[] after) {
      if (Arrays.equals(before, after)) {
        same++;
        return;
      }
      changed++;
      double weight = Math.abs((double) after[0] - before[0]);
      double squares = 0;
      for (int i = 1; i < before.length; i++) {
        double distance = (double) after[i] - before[i];
        squares += distance * distance;
      }
      double embedding = Math.sqrt(squares);
      weights += weight;
      maxWeight = Math.max(maxWeight, weight);
      embeddings += embedding;
      maxEmbedding = Math.max(maxEmbedding, embedding);
    }

    Rows sum() {
      boolean none = changed == 0;
      return new Rows(
          added,
          removed,
          changed,
          same,
          weights / changed,
          none ? Double.NaN : maxWeight,
          embeddings / changed,
          none ? Double.NaN : maxEmbedding);
    }
  }
}
