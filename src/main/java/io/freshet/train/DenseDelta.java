package io.freshet.train;

/**
 * How far a trainer's replica of the dense part moved since it last met the merger: a request for
 * the merged slices at the same time. All slices belong to one merger, to which Flink routes by the
 * first of them.
 *
 * @param trainers how many trainers there are
 * @param examples examples that the movement comes from
 * @param slices numbers of the slices
 * @param deltas the slices one after the other, each plane after plane; empty if nothing moved
 */
record DenseDelta(ReplyTo replyTo, int trainers, long examples, int[] slices, float[] deltas) {

  int key() {
    return slices[0];
  }
}
