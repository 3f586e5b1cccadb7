package io.freshet.feature.example;

import static java.util.Objects.requireNonNull;

import io.freshet.config.option.Section;
import java.io.Serializable;
import java.time.Duration;

/**
 * How labels come about, and so what a learner of them has to undo.
 *
 * @param policy when which label is emitted
 * @param shortWait how long {@link LabelPolicy#SHORT_WAIT} waits for real positives
 * @param lateClicks what a click after the window does
 * @param negativeRate share of the negatives that are learned, above 0; the fake ones where the
 *     policy makes such
 * @param sampling what makes up for the negatives left out where labels are waited for; the other
 *     policies make up for them with what they do anyway
 * @param maxWeight to which importance weights are clipped
 */
public record LabelSettings(
    LabelPolicy policy,
    Duration shortWait,
    LateClicks lateClicks,
    double negativeRate,
    Sampling sampling,
    float maxWeight)
    implements Serializable {
  public static final LabelSettings DEFAULT = Section.defaults(LabelOptions::read);

  /** What a click after the window does. */
  public enum LateClicks {
    /** It is counted and written to its topic. */
    DROP,
    /** It also makes the learner take back the negative and learn a positive. */
    CORRECT
  }

  /** What makes up for negatives that were left out. */
  public enum Sampling {
    /** The model learns the sample; its log-odds are corrected. */
    LOG_ODDS,
    /** Each negative that was kept is weighted by the number it represents. */
    WEIGHT
  }

  public LabelSettings {
    requireNonNull(policy, "policy");
    requireNonNull(shortWait, "shortWait");
    requireNonNull(lateClicks, "lateClicks");
    requireNonNull(sampling, "sampling");
    if (shortWait.isNegative() || shortWait.isZero()) {
      throw new IllegalArgumentException("short wait " + shortWait + " must be above 0");
    }
    if (!(negativeRate > 0 && negativeRate <= 1)) {
      throw new IllegalArgumentException(
          "negative rate " + negativeRate + " must be above 0 and at most 1");
    }
    if (!(maxWeight > 0 && maxWeight < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("max weight " + maxWeight + " must be above 0 and finite");
    }
  }

  /** The defaults with another policy. */
  public static LabelSettings of(LabelPolicy policy) {
    return new LabelSettings(
        policy,
        DEFAULT.shortWait,
        DEFAULT.lateClicks,
        DEFAULT.negativeRate,
        DEFAULT.sampling,
        DEFAULT.maxWeight);
  }

  public LabelSettings withShortWait(Duration wait) {
    return new LabelSettings(policy, wait, lateClicks, negativeRate, sampling, maxWeight);
  }

  public LabelSettings withNegatives(double rate, Sampling correction) {
    return new LabelSettings(policy, shortWait, lateClicks, rate, correction, maxWeight);
  }

  public LabelSettings withLateClicks(LateClicks late) {
    return new LabelSettings(policy, shortWait, late, negativeRate, sampling, maxWeight);
  }
}
