package io.freshet.train;

/** What comes back to a trainer through its feedback channel. */
sealed interface Answer {

  ReplyTo replyTo();

  /**
   * The rows of a lookup, in the order asked for.
   *
   * @param updates of each row
   * @param values stored rows
   */
  record Rows(ReplyTo replyTo, long batch, int part, long[] updates, float[] values)
      implements Answer {}

  /**
   * Merged slices of the dense part.
   *
   * @param slices numbers of the slices
   * @param values of each slice, plane after plane; shared with the merger, never written to
   */
  record DenseSlices(ReplyTo replyTo, int[] slices, float[][] values) implements Answer {}
}
