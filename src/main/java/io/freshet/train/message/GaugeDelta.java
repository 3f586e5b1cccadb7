package io.freshet.train.message;

/**
 * What a trainer added to its replica of the gauge since the last exchange, and a request for the
 * merged block.
 *
 * @param added to each sum; empty for a request only. Of a trainer that is the only one, the sums
 *     themselves
 * @param isWhole whether it is the only one
 */
public record GaugeDelta(ReplyTo replyTo, boolean isWhole, double[] added)
    implements MergerRequest {
  /** Where the gauge is: no number of a slice. */
  public static final int KEY = -1;

  @Override
  public int key() {
    return KEY;
  }
}
