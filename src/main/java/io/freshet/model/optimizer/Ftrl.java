package io.freshet.model.optimizer;

import static io.freshet.config.option.ValueType.limit;
import static io.freshet.config.option.ValueType.number;

/**
 * FTRL-proximal, coordinate by coordinate (McMahan et al. 2013, "Ad click prediction: a view from
 * the trenches", KDD, algorithm 1).
 *
 * <p>The stored parameter is z, the slot n, the sum of squared gradients. The value is derived on
 * read, so that z and n stay sums, which trainers may add up:
 *
 * <pre>
 * r(n) = √min(n, cap)
 *
 * x = 0                                                     where |z| ≤ l1
 * x = -(z - sign(z) · l1) / ((beta + r(n)) / alpha + l2)    elsewhere
 *
 * z += g - (r(n + g²) - r(n)) / alpha · x
 * n += g²                                                   but at most {@value Optimizer#MAX_SUM}
 * </pre>
 *
 * The cap keeps the rate of an endless stream from falling indefinitely. As read and update take
 * the same r, x is moved by a step from where it is: without penalties
 *
 * <pre>
 * x' = x - alpha / (beta + r(n + g²)) · g
 * </pre>
 *
 * The middle term alone leaves x where it is, under the new n; so it is taken whole, and only g in
 * part where a step is cut.
 *
 * <p>x moves so also where n passes the cap; beyond it z moves by g alone, and this is gradient
 * descent at the rate alpha / (beta + √cap). n itself goes on as a sum.
 *
 * @param accumulatorCap above which n does not count, so that the rate does not fall below {@code
 *     alpha / (beta + √accumulatorCap)}; {@link #NO_CAP} for none
 */
public record Ftrl(float alpha, float beta, float l1, float l2, float accumulatorCap)
    implements OptimizerSettings {
  static final OptimizerKind<Ftrl> KIND =
      new OptimizerKind<>(
          Ftrl.class,
          "ftrl",
          "FTRL-proximal (McMahan et al. 2013).",
          new Ftrl(0.5f, 1, 0, 0),
          (s, d) ->
              new Ftrl(
                  s.option("alpha", "Step width.").get(number(OptimizerKind.LEAST, 100), d.alpha),
                  s.option("beta", "Dampens the first steps.")
                      .get(number(OptimizerKind.LEAST, 1000), d.beta),
                  s.option("l1", "L1 penalty.").get(number(0, 1000), d.l1),
                  s.option("l2", "L2 penalty.").get(number(0, 1000), d.l2),
                  s.option(
                          "accumulator-cap",
                          "Value above which n does not count, so that the rate never falls below"
                              + " alpha / (beta + √cap).")
                      .get(limit(), d.accumulatorCap)));

  public Ftrl {
    Checks.positive("alpha", alpha);
    Checks.positive("beta", beta);
    Checks.notNegative("l1", l1);
    Checks.notNegative("l2", l2);
    Checks.cap(accumulatorCap, 0);
  }

  public Ftrl(float alpha, float beta, float l1, float l2) {
    this(alpha, beta, l1, l2, NO_CAP);
  }

  /** The value of a parameter is derived by the constants. */
  @Override
  public boolean storesAs(OptimizerSettings other) {
    return equals(other);
  }

  @Override
  public Ftrl scaled(float factor) {
    return new Ftrl(factor * alpha, beta, l1, l2, accumulatorCap);
  }

  @Override
  public Optimizer optimizer() {
    return new Updater();
  }

  private final class Updater implements Optimizer {
    @Override
    public int slotWidth(int n) {
      return n;
    }

    /** Stores the z that reads back as the initial value while n is 0. */
    @Override
    public void start(float[] a, int p, int s, int n) {
      for (int i = 0; i < n; i++) {
        float value = a[p + i];
        a[p + i] = value == 0 ? 0 : -value * (beta / alpha + l2) - Math.copySign(l1, value);
        a[s + i] = 0;
      }
    }

    @Override
    public void read(float[] a, int p, int s, int n, float[] value, int v) {
      for (int i = 0; i < n; i++) {
        value[v + i] = value(a[p + i], root(a[s + i]));
      }
    }

    @Override
    public double prepare(float[] a, int p, int s, int stride, int n, float[] gradient, int g) {
      double change = 0;
      for (int i = 0; i < n; i++) {
        float grad = gradient[g + i];
        float squares = Math.min(a[s + i] + grad * grad, MAX_SUM);
        float root = root(a[s + i]);
        float next = root(squares);
        a[p + i] -= (next - root) / alpha * value(a[p + i], root);
        a[s + i] = squares;
        change += grad * grad / ((beta + next) / alpha + l2);
      }
      return change;
    }

    private float root(float squares) {
      return (float) Math.sqrt(Math.min(squares, accumulatorCap));
    }

    private float value(float z, float root) {
      if (l1 == 0) {
        return 0 - z / ((beta + root) / alpha + l2); // 0 and not -0 where z is 0
      }
      float beyond = Math.abs(z) - l1;
      return beyond <= 0 ? 0 : -Math.copySign(beyond, z) / ((beta + root) / alpha + l2);
    }
  }
}
