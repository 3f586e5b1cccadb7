package io.freshet.train.message;

/**
 * The change of a trainer's replica of the dense part since the last exchange with the merger, and
 * a request for the merged slices. All slices belong to one merger, to which Flink routes by the
 * first of them.
 *
 * @param trainers number of trainers
 * @param examples examples that the change comes from
 * @param slices numbers of the slices
 * @param deltas of each slice, plane after plane; none if nothing changed. Of an only trainer, the
 *     values themselves. The sender reuses the arrays as soon as it has sent them; the receiver
 *     owns those that it gets
 */
public record DenseDelta(
    ReplyTo replyTo, int trainers, long examples, int[] slices, float[][] deltas)
    implements MergerRequest {

  /** Whether the trainer is the only one, and sends values. */
  public boolean isWhole() {
    return trainers == 1;
  }

  @Override
  public int key() {
    return slices[0];
  }
}
