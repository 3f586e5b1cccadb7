package io.freshet.event.mapping;

/** How a topic says event time. */
public enum TimestampUnit {
  MS(1, "an integer, epoch milliseconds"),
  /** A fraction counts to the millisecond. */
  S(1, "a number, epoch seconds"),
  US(1_000, "an integer, epoch microseconds"),
  NS(1_000_000, "an integer, epoch nanoseconds"),
  ISO_8601(1, "a time of ISO 8601 with its zone, such as 2026-01-01T00:00:00Z"),
  /** The record's own timestamp. */
  KAFKA(1, "a Kafka record with a timestamp");

  private final long perMilli;
  private final String right;

  TimestampUnit(long perMilli, String right) {
    this.perMilli = perMilli;
    this.right = right;
  }

  /** How many make a millisecond, of those that are not longer than it. */
  public long perMilli() {
    return perMilli;
  }

  /** Completes "expected …". */
  public String right() {
    return right;
  }
}
