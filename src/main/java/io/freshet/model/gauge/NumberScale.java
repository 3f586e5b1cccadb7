package io.freshet.model.gauge;

/**
 * How the numbers of a field are standardized: {@code (t - mean) / deviation}, clipped, where t is
 * the number or {@code sign(x) ln(1 + |x|)}.
 *
 * @param log whether t is the logarithm
 * @param deviation 0 where all numbers are the same, and so stand for nothing
 */
public record NumberScale(boolean log, double mean, double deviation) {
  /** Standardized values lie within ± this. */
  static final double CLIP = 3;

  /** Of a field that has seen no number. */
  static final NumberScale UNKNOWN = new NumberScale(false, 0, 0);

  /** The standardized value of a number. */
  public double standardize(double number) {
    return deviation > 0 ? clip((transform(number) - mean) / deviation, CLIP) : 0;
  }

  /** t. */
  public double transform(double number) {
    return log ? log(number) : number;
  }

  static double log(double number) {
    return Math.copySign(Math.log1p(Math.abs(number)), number);
  }

  /** The number whose t is the one given. */
  double inverse(double t) {
    return log ? Math.copySign(Math.expm1(Math.abs(t)), t) : t;
  }

  static double clip(double value, double bound) {
    return Math.max(-bound, Math.min(bound, value));
  }
}
