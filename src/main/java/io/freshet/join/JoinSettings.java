package io.freshet.join;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.time.Duration;

/**
 * The label join's settings.
 *
 * @param window how long after its impression a click counts, in event time
 * @param outOfOrderness how far behind the newest a record may be, in event time
 * @param idleness after how long without records a Kafka partition of impressions no longer holds
 *     back the watermark
 * @param timerBucket timers are rounded up to a multiple of it
 * @param breaker what happens when clicks do not come as they should
 */
public record JoinSettings(
    Duration window,
    Duration outOfOrderness,
    Duration idleness,
    Duration timerBucket,
    BreakerSettings breaker)
    implements Serializable {
  public static final JoinSettings DEFAULT =
      new JoinSettings(
          Duration.ofMinutes(30),
          Duration.ofSeconds(30),
          Duration.ofMinutes(1),
          Duration.ofSeconds(1));

  public JoinSettings {
    requireNonNull(window, "window");
    requireNonNull(outOfOrderness, "outOfOrderness");
    requireNonNull(idleness, "idleness");
    requireNonNull(timerBucket, "timerBucket");
    requireNonNull(breaker, "breaker");
    if (outOfOrderness.isNegative()
        || !(positive(window) && positive(idleness) && positive(timerBucket))) {
      throw new IllegalArgumentException(
          "window %s, idleness %s and timer bucket %s must be above 0, out-of-orderness %s 0 or more"
              .formatted(window, idleness, timerBucket, outOfOrderness));
    }
  }

  /** With the default breaker. */
  public JoinSettings(
      Duration window, Duration outOfOrderness, Duration idleness, Duration timerBucket) {
    this(window, outOfOrderness, idleness, timerBucket, BreakerSettings.DEFAULT);
  }

  /** The same with another breaker. */
  public JoinSettings with(BreakerSettings other) {
    return new JoinSettings(window, outOfOrderness, idleness, timerBucket, other);
  }

  /**
   * How far the examples' times may be out of order: as far as the records', and what the watermark
   * may be behind them for its rounding.
   */
  public Duration disorder() {
    return outOfOrderness.plus(timerBucket).plusMillis(1);
  }

  private static boolean positive(Duration duration) {
    return !duration.isNegative() && !duration.isZero();
  }
}
