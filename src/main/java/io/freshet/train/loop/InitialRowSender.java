package io.freshet.train.loop;

import io.freshet.train.WarmStart;
import io.freshet.train.message.ShardRequest;
import io.freshet.train.message.ShardRequest.InitialEnd;
import io.freshet.train.message.ShardRequest.InitialRemovals;
import io.freshet.train.message.ShardRequest.InitialRows;
import java.util.Arrays;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the rows of the model that a job starts from to the shards that own them. One trainer does,
 * so that each file of the model is read once, whatever the number of shards.
 */
final class InitialRowSender {
  private static final Logger LOG = LoggerFactory.getLogger(InitialRowSender.class);
  private static final int MESSAGE_BYTES = 1 << 16;

  private final int parallelism;
  private final int maxParallelism;
  private final Consumer<ShardRequest> shards;
  private long rows;

  InitialRowSender(int parallelism, int maxParallelism, Consumer<ShardRequest> shards) {
    this.parallelism = parallelism;
    this.maxParallelism = maxParallelism;
    this.shards = shards;
  }

  /**
   * Sends all rows, and to each shard that it has them all.
   *
   * @param width floats of a row of the model
   */
  void send(WarmStart model, int width) throws Exception {
    Pending[] pending = new Pending[parallelism];
    Arrays.setAll(pending, shard -> new Pending(width));
    model.rows(
        new WarmStart.Rows() {
          @Override
          public void take(long fid, long updates, float[] values, int at) {
            pending[shard(fid)].add(fid, updates, values, at);
            rows++;
          }

          @Override
          public void remove(long fid) {
            pending[shard(fid)].remove(fid);
          }
        });
    for (int shard = 0; shard < parallelism; shard++) {
      pending[shard].flush();
      shards.accept(new InitialEnd(new long[] {keyOf(shard)}));
    }
    LOG.info("sent {} rows of the model that the job starts from to {} shards", rows, parallelism);
  }

  private int shard(long fid) {
    return ShardGroups.shard(fid, parallelism, maxParallelism);
  }

  private long keyOf(int shard) {
    long key = 0;
    while (shard(key) != shard) {
      key++;
    }
    return key;
  }

  /** What goes to a shard next: rows, or removals. */
  private final class Pending {
    private final int width;
    private final long[] fids;
    private final long[] updates;
    private final float[] weights;
    private boolean areRemovals;
    private int n;

    Pending(int width) {
      this.width = width;
      int most = Math.max(1, MESSAGE_BYTES / (2 * Long.BYTES + width * Float.BYTES));
      fids = new long[most];
      updates = new long[most];
      weights = new float[most * width];
    }

    void add(long fid, long rowUpdates, float[] values, int at) {
      begin(false);
      fids[n] = fid;
      updates[n] = rowUpdates;
      System.arraycopy(values, at, weights, n * width, width);
      n++;
    }

    void remove(long fid) {
      begin(true);
      fids[n++] = fid;
    }

    private void begin(boolean removal) {
      if (n == fids.length || areRemovals != removal) {
        flush();
      }
      areRemovals = removal;
    }

    void flush() {
      if (n > 0) {
        long[] of = Arrays.copyOf(fids, n);
        shards.accept(
            areRemovals
                ? new InitialRemovals(of)
                : new InitialRows(
                    of, Arrays.copyOf(updates, n), Arrays.copyOf(weights, n * width)));
      }
      n = 0;
    }
  }
}
