package io.freshet.train.loop;

import io.freshet.model.batch.MiniBatch;
import java.util.Arrays;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * The rows of a batch, grouped by the shard that owns them and cut into parts of one message each:
 * a counting sort into arrays that are reused from batch to batch.
 */
final class ShardGroups {
  private final int parallelism;
  private final int maxParallelism;
  private final int[] shardOfGroup; // by key group
  private final int maxRowsPerPart;

  private int[] shardOf = new int[1024];
  private int[] order = new int[1024]; // batch rows, those of one shard together
  private int[] partStarts = new int[16]; // in order, and the end of the last part
  private int parts;

  ShardGroups(int parallelism, int maxParallelism, int maxRowsPerPart) {
    this.parallelism = parallelism;
    this.maxParallelism = maxParallelism;
    this.maxRowsPerPart = maxRowsPerPart;
    shardOfGroup = new int[maxParallelism];
    Arrays.setAll(
        shardOfGroup,
        group ->
            KeyGroupRangeAssignment.computeOperatorIndexForKeyGroup(
                maxParallelism, parallelism, group));
  }

  void group(MiniBatch batch) {
    int n = batch.rows();
    if (n > order.length) {
      shardOf = new int[2 * n];
      order = new int[2 * n];
    }
    int[] ends = new int[parallelism];
    for (int row = 0; row < n; row++) {
      int shard = shardOfGroup[group(batch.fid(row), maxParallelism)];
      shardOf[row] = shard;
      ends[shard]++;
    }
    cut(ends);
    for (int row = n - 1; row >= 0; row--) {
      order[--ends[shardOf[row]]] = row;
    }
  }

  /** Cuts each shard's rows into parts; turns counts into the end of each shard's rows. */
  private void cut(int[] counts) {
    parts = 0;
    int end = 0;
    for (int shard = 0; shard < parallelism; shard++) {
      int start = end;
      end += counts[shard];
      counts[shard] = end;
      for (int at = start; at < end; at += maxRowsPerPart) {
        addPart(at);
      }
    }
    addPart(end);
    parts--;
  }

  private void addPart(int start) {
    if (parts == partStarts.length) {
      partStarts = Arrays.copyOf(partStarts, 2 * parts);
    }
    partStarts[parts++] = start;
  }

  int parts() {
    return parts;
  }

  /** Number of rows in a part. */
  int size(int part) {
    return partStarts[part + 1] - partStarts[part];
  }

  /** The batch row at index i of a part. */
  int row(int part, int i) {
    return order[partStarts[part] + i];
  }

  /** The subtask that owns a feature: the one to which Flink routes its key. */
  static int shard(long fid, int parallelism, int maxParallelism) {
    return KeyGroupRangeAssignment.computeOperatorIndexForKeyGroup(
        maxParallelism, parallelism, group(fid, maxParallelism));
  }

  private static int group(long fid, int maxParallelism) {
    return KeyGroupRangeAssignment.computeKeyGroupForKeyHash(Long.hashCode(fid), maxParallelism);
  }
}
