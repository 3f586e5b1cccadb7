package io.freshet.join;

import static java.util.Objects.requireNonNull;

import io.freshet.config.option.Section;
import java.io.Serializable;
import java.time.Duration;

/**
 * When the join no longer believes that no click means no interest, and what it does then.
 *
 * @param enabled whether it watches at all
 * @param window how much event time is counted at a time: nothing is emitted before the clicks of
 *     its window are found as they should be, so each label is up to one window late; where fewer
 *     than 30 clicks are expected in a window, a stall is found after as many as that takes
 * @param memory over how much event time the usual rate of clicks is a mean
 * @param drop clicks are missing where fewer than this share of the usual come
 * @param flood clicks are too many where more than this many times the usual come
 * @param silence in real time, after how long without any click, while impressions come, the topic
 *     counts as silent
 * @param patience how much event time late clicks are given after clicks are back
 * @param maxHold how long impressions are held at most: in event time, and in real time where the
 *     topic of clicks is silent
 * @param action what becomes of held impressions whose clicks are lost
 */
public record BreakerSettings(
    boolean enabled,
    Duration window,
    Duration memory,
    double drop,
    double flood,
    Duration silence,
    Duration patience,
    Duration maxHold,
    Action action)
    implements Serializable {

  /** What becomes of impressions whose clicks are lost. */
  public enum Action {
    /** They go on being held: an operator will decide. */
    HOLD,
    /** They are not learned, but written to the dead letters. */
    DEAD_LETTERS,
    /** They are learned as they are, as negatives most of them. */
    LEARN
  }

  public static final BreakerSettings DEFAULT = Section.defaults(BreakerOptions::read);

  public BreakerSettings {
    requireNonNull(action, "action");
    checkAboveZero("window", window);
    checkAboveZero("memory", memory);
    checkAboveZero("silence", silence);
    checkAboveZero("patience", patience);
    checkAboveZero("max-hold", maxHold);
    if (!(drop > 0 && drop < 1 && flood > 1)) {
      throw new IllegalArgumentException(
          "drop %s must be between 0 and 1, flood %s above 1".formatted(drop, flood));
    }
  }

  /** One that never opens. */
  public BreakerSettings disabled() {
    return new BreakerSettings(
        false, window, memory, drop, flood, silence, patience, maxHold, action);
  }

  /** The same with another action. */
  public BreakerSettings with(Action other) {
    return new BreakerSettings(
        enabled, window, memory, drop, flood, silence, patience, maxHold, other);
  }

  /** Whether a topic that stays silent is given up in the end. */
  public boolean endsSilence() {
    return enabled && action != Action.HOLD;
  }

  private static void checkAboveZero(String what, Duration duration) {
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException(what + " " + duration + " must be above 0");
    }
  }
}
