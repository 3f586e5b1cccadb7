package io.freshet.model.gauge;

/**
 * How the numbers of a field are standardized: {@code (t - mean) / deviation}, clipped, where t is
 * the number or {@code sign(x) ln(1 + unit |x|)}.
 *
 * @param unit of the logarithm: 1, or 1,000 where numbers are so small that ln(1 + |x|) would
 *     hardly bend; 0 where t is the number itself
 * @param deviation 0 where all numbers are the same, and so stand for nothing
 */
public record NumberScale(double unit, double mean, double deviation) {
  /** Standardized values lie within ± this. */
  static final double CLIP = 3;

  /** Of a field that has seen no number. */
  static final NumberScale UNKNOWN = new NumberScale(0, 0, 0);

  /** The standardized value of a number. */
  public double standardize(double number) {
    return deviation > 0 ? clip((transform(number) - mean) / deviation, CLIP) : 0;
  }

  /** What is standardized, for people. */
  public String text() {
    return unit == 0
        ? "x"
        : unit == 1 ? "sign(x) ln(1 + |x|)" : "sign(x) ln(1 + " + Math.round(unit) + " |x|)";
  }

  /** t. */
  public double transform(double number) {
    return unit > 0 ? log(unit * number) : number;
  }

  static double log(double number) {
    return Math.copySign(Math.log1p(Math.abs(number)), number);
  }

  /** The number whose t is the one given. */
  double inverse(double t) {
    return unit > 0 ? Math.copySign(Math.expm1(Math.abs(t)) / unit, t) : t;
  }

  static double clip(double value, double bound) {
    return Math.max(-bound, Math.min(bound, value));
  }
}
