package io.freshet.join.policy;

import io.freshet.feature.example.LabelPolicy;
import io.freshet.join.JoinSettings;

/**
 * Until when positives are held back, where negatives are waited for: in the first hours of a
 * stream, or, under {@code FULL_WAIT}, always to the window's end.
 *
 * <p>A click gives its label at once, a missing click only after the window w. In the long run both
 * come at their rates, but a stream that begins at t₀ would show the learner a window of nothing
 * but positives: its parameters run away, and may not come back for a hundred thousand examples
 * (measured). So the positive of an impression shown at t is not emitted before
 *
 * <pre>
 * t + w (1 - (t - t₀) / h)    while h, the length of the warm-up, is more than t - t₀
 * </pre>
 *
 * which starts at the window's end and falls to the click's own time. Positives are then emitted
 * denser than they happen by the factor 1 / (1 - w / h), for that long: 8/7 with the defaults.
 */
public final class WarmUp {
  private final boolean always;
  private final double window;
  private final double length;
  private long first = Long.MAX_VALUE;

  public WarmUp(JoinSettings settings) {
    this.always = settings.labels().policy() == LabelPolicy.FULL_WAIT;
    this.window = settings.window().toMillis();
    this.length = settings.warmUp().toMillis();
  }

  /** An impression was shown. */
  public void shown(long time) {
    first = Math.min(first, time);
  }

  /** The event time before which the positive of an impression is not emitted. */
  long notBefore(long shown) {
    if (always) {
      return shown + (long) window;
    }
    double age = shown - first;
    return age >= length ? shown : shown + (long) (window * (1 - age / length));
  }

  /** When the first impression was shown; the end of time before there is one. */
  public long first() {
    return first;
  }
}
