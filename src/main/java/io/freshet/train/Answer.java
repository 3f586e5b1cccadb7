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
   * @param values the slices one after the other, each plane after plane
   */
  record DenseSlices(ReplyTo replyTo, int[] slices, float[] values) implements Answer {}
}
