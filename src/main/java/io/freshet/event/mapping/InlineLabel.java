package io.freshet.event.mapping;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;

/**
 * Where an impression says its own label, in a topic that somebody else has joined.
 *
 * @param isGiven whether it does; otherwise labels come from a join with actions
 * @param atLeast a value from here on is a positive, any other a negative; NaN where the value is
 *     the label, from 0 to 1
 * @param otherwise the label of an impression that says none; NaN where it must
 */
public record InlineLabel(boolean isGiven, ValuePath path, double atLeast, float otherwise)
    implements Serializable {
  public static final InlineLabel NONE =
      new InlineLabel(false, new ValuePath("label"), Double.NaN, Float.NaN);

  public InlineLabel {
    requireNonNull(path, "path");
  }

  /** The label that a number makes; NaN where it makes none. */
  public float of(double value) {
    if (!Double.isFinite(value)) {
      return Float.NaN;
    }
    if (!Double.isNaN(atLeast)) {
      return value >= atLeast ? 1 : 0;
    }
    return value >= 0 && value <= 1 ? (float) value : Float.NaN;
  }

  /** Completes "expected …". */
  public String right() {
    return Double.isNaN(atLeast)
        ? "a label from 0 to 1, or a boolean; other numbers need label.at-least"
        : "a number or a boolean";
  }
}
