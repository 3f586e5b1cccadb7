package io.freshet.feature;

import io.freshet.feature.example.RecordedId;

/**
 * Decisions that depend on an impression's id alone, so that a replay decides the same: a key of 64
 * bits, and whether the impression belongs to a sample. Samples are independent of each other, and
 * of the key groups that Flink assigns.
 */
public final class ImpressionHash {
  private static final long NEGATIVES = 0x6E65676174697665L;
  private static final long LOST = 0x6C6F7374L;
  private static final long SCORED = 0x73636F726564L;
  private static final long ADMITTED = 0x61646D6974L;

  private ImpressionHash() {}

  /** A key that no other impression in flight has, but with a chance below one in a million. */
  public static long key(String id) {
    return ValueHash.of(id);
  }

  /** Whether the impression's negative is learned when a share of them is. */
  public static boolean keepsNegative(String id, double rate) {
    return rate >= 1 || uniform(NEGATIVES, id) < rate;
  }

  /** Whether the impression is scored when a share of them is; a recorded one is not. */
  public static boolean isScored(String id, double share) {
    return share > 0 && !RecordedId.isRecorded(id) && uniform(SCORED, id) < share;
  }

  /** Whether the impression is left out when a share of those without a click is. */
  public static boolean isLeftOut(String id, double share) {
    return share > 0 && uniform(LOST, id) < share;
  }

  /** Whether a feature's occurrence in the impression is one of a share, drawn for each feature. */
  public static boolean admits(String id, long fid, double share) {
    return share >= 1 || uniform(ValueHash.mix(ADMITTED, fid), id) < share;
  }

  /** From 0 up to but not 1. */
  private static double uniform(long sample, String id) {
    return (ValueHash.mix(sample, ValueHash.of(RecordedId.original(id))) >>> 11) * 0x1p-53;
  }
}
