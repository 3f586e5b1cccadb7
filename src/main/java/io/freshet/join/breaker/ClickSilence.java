package io.freshet.join.breaker;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * Whether the topic of clicks is silent: its watermark has not moved for a while of real time, and
 * of the impressions shown after it so many have come since that, by the usual rate, 30 clicks at
 * least should have.
 *
 * <p>A silent topic stops time by itself; this is to know it, to say it, and to publish nothing
 * meanwhile.
 */
public final class ClickSilence {
  private final long patience;
  private long mark = Long.MIN_VALUE; // the clicks' watermark
  private long since; // when it moved, real time
  private double expected; // clicks, since then
  private boolean silent;

  public ClickSilence(Duration patience, long now) {
    this.patience = requireNonNull(patience, "patience").toMillis();
    this.since = now;
  }

  /** The watermark of the clicks; says whether a silence ends with it. */
  public boolean clicksAt(long watermark, long now) {
    if (watermark <= mark) {
      return false;
    }
    mark = watermark;
    since = now;
    expected = 0;
    boolean ends = silent;
    silent = false;
    return ends;
  }

  /** An impression; says whether a silence is found with it. */
  public boolean impression(long shown, double clickRate, long now) {
    expected += shown > mark ? clickRate : 0;
    if (silent || expected < ClickRateTest.LEAST_EXPECTED || now - since < patience) {
      return false;
    }
    silent = true;
    return true;
  }

  public boolean isSilent() {
    return silent;
  }
}
