package io.freshet.event.parse;

/**
 * Floats as the doubles that their shortest decimals denote: what JSON makes of a float. The float
 * .1 widened is .10000000149, which is another category than the .1 that serving is asked for.
 */
public final class ShortestDecimal {
  /** Below it no two decimals of as many digits are one float. */
  private static final double UNAMBIGUOUS = 1e6;

  private static final double[] SCALES = {1, 10, 100, 1e3, 1e4, 1e5, 1e6};

  private ShortestDecimal() {}

  public static double of(float value) {
    for (double scale : SCALES) {
      double scaled = Math.rint(value * scale);
      if (Math.abs(scaled) >= UNAMBIGUOUS) {
        break;
      }
      double decimal = scaled / scale;
      if ((float) decimal == value) {
        return decimal;
      }
    }
    return Double.parseDouble(Float.toString(value)); // NaN and the infinities, too
  }
}
