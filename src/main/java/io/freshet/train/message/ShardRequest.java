package io.freshet.train.message;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A message of a trainer to a shard of the embedding table. All fids belong to one shard, to which
 * Flink routes by the first of them.
 */
public sealed interface ShardRequest {

  long[] fids();

  /** The fid that Flink routes by. */
  default long key() {
    return fids()[0];
  }

  /**
   * A request for rows.
   *
   * @param parallelism that the trainer routed by
   * @param maxParallelism that the trainer routed by
   * @param batch number of the batch that waits for the rows
   * @param part index of this part of the batch's rows
   */
  public record Lookup(
      ReplyTo replyTo, int parallelism, int maxParallelism, long batch, int part, long[] fids)
      implements ShardRequest {}

  /**
   * The change of rows.
   *
   * @param time latest event time of the examples that changed them
   * @param base for each row, the {@code updates} that the trainer's copy of the row had
   * @param counts for each row, its occurrences in the examples: {@code updates} grows by it
   * @param generations for each row, the generation that the trainer pulled; empty where no row is
   *     ever lost
   * @param deltas stored rows, after learning minus before
   */
  public record RowDelta(
      long[] fids, long time, long[] base, int[] counts, int[] generations, float[] deltas)
      implements ShardRequest {
    private static final int[] NONE = {};

    /** Creates a delta of rows that are never lost. */
    public RowDelta(long[] fids, long time, long[] base, int[] counts, float[] deltas) {
      this(fids, time, base, counts, NONE, deltas);
    }
  }

  /**
   * Occurrences of features that had no row when they were learned.
   *
   * @param time latest event time of the examples
   * @param counts for each feature, its occurrences in the examples
   * @param newCounts its occurrences in examples that were not learned before
   * @param drawn for each feature, whether an occurrence is drawn for admission
   */
  public record Occurrences(long[] fids, long time, int[] counts, int[] newCounts, boolean[] drawn)
      implements ShardRequest {}

  /**
   * Rows of the model that the job starts from.
   *
   * @param updates of each row
   * @param weights {@code [w, v₁…v_k]} of each row, one after the other
   */
  public record InitialRows(long[] fids, long[] updates, float[] weights) implements ShardRequest {}

  /** Features whose {@link InitialRows} are gone again. */
  public record InitialRemovals(long[] fids) implements ShardRequest {}

  /**
   * The shard has all {@link InitialRows}.
   *
   * @param fids a number that is routed to the shard
   */
  public record InitialEnd(long[] fids) implements ShardRequest {}

  /**
   * The number of a request that the shard has already, as it is in the trainer's process.
   *
   * @param inbox of the shard
   * @param fids one of the request's
   */
  public record HandedOver(UUID inbox, long number, long[] fids) implements ShardRequest {}

  /** Several messages of a trainer to one shard, which takes them in this order. */
  public record Together(List<RowDelta> deltas, List<Occurrences> occurrences, List<Lookup> lookups)
      implements ShardRequest {

    /** All messages. */
    public List<ShardRequest> messages() {
      List<ShardRequest> all = new ArrayList<>(deltas);
      all.addAll(occurrences);
      all.addAll(lookups);
      return all;
    }

    /** Those of the first message. */
    @Override
    public long[] fids() {
      return messages().get(0).fids();
    }
  }
}
