package io.freshet.train.message;

/** A message to a trainer through its feedback channel. */
public sealed interface ShardResponse {

  ReplyTo replyTo();

  /**
   * The rows of a lookup, in its order.
   *
   * @param updates of each row; {@link #ABSENT} for a feature that has none
   * @param generations of each row; empty where no row is ever lost
   * @param values stored rows of the features that have one
   */
  public record Rows(
      ReplyTo replyTo, long batch, int part, long[] updates, int[] generations, float[] values)
      implements ShardResponse {
    public static final long ABSENT = -1;
    private static final int[] NONE = {};

    /** Creates a response with rows that are never lost. */
    public Rows(ReplyTo replyTo, long batch, int part, long[] updates, float[] values) {
      this(replyTo, batch, part, updates, NONE, values);
    }
  }

  /**
   * Merged slices of the dense part.
   *
   * @param slices numbers of the slices
   * @param values of each slice, plane after plane; shared with the merger, never written to
   */
  public record DenseSlices(ReplyTo replyTo, int[] slices, float[][] values)
      implements ShardResponse {}

  /**
   * The merged gauge.
   *
   * @param values all sums; shared with the merger, never written to
   */
  public record GaugeValues(ReplyTo replyTo, double[] values) implements ShardResponse {}
}
