package io.freshet.train.message;

/**
 * How far a trainer's replica of the dense part moved since it last met the merger: a request for
 * the merged slices at the same time. All slices belong to one merger, to which Flink routes by the
 * first of them.
 *
 * @param trainers how many trainers there are
 * @param examples examples that the movement comes from
 * @param slices numbers of the slices
 * @param deltas of each slice, plane after plane; none if nothing moved. The sender reuses the
 *     arrays as soon as it has sent them; the receiver owns those that it was given
 */
public record DenseDelta(
    ReplyTo replyTo, int trainers, long examples, int[] slices, float[][] deltas) {

  public int key() {
    return slices[0];
  }
}
