package io.freshet.model.optimizer;

/**
 * Adagrad, element by element (Duchi, Hazan, Singer 2011, JMLR 12, with a diagonal matrix).
 *
 * <p>The slot is the accumulator n, which starts above 0:
 *
 * <pre>
 * n += g²
 * x -= rate · g / √min(n, cap)
 * </pre>
 *
 * The cap keeps the rate of an endless stream from falling indefinitely; n itself goes on as a sum,
 * which trainers may add up. n stops at {@value Optimizer#MAX_SUM}, far from infinity, where x has
 * long stopped moving.
 *
 * <p>Long vectors go through short scratch arrays, part by part: in this form the JIT compiler (C2
 * of JDK 17) makes vector instructions of the loop. So one object serves one thread.
 *
 * @param accumulatorCap above which accumulators do not count, so that the rate does not fall below
 *     {@code learningRate / √accumulatorCap}; {@link #NO_CAP} for none
 */
public record Adagrad(float learningRate, float initialAccumulator, float accumulatorCap)
    implements OptimizerSettings {
  static final OptimizerKind<Adagrad> KIND =
      new OptimizerKind<>(
          Adagrad.class,
          "adagrad",
          "Adagrad, element by element (Duchi et al. 2011).",
          new Adagrad(0.1f, 0.1f),
          (s, d) ->
              new Adagrad(
                  OptimizerKind.learningRate(s, d.learningRate),
                  OptimizerKind.initialAccumulator(s, d.initialAccumulator),
                  OptimizerKind.accumulatorCap(s, d.accumulatorCap)));

  public Adagrad {
    Checks.positive("learning rate", learningRate);
    Checks.positive("initial accumulator", initialAccumulator);
    Checks.cap(accumulatorCap, initialAccumulator);
  }

  public Adagrad(float learningRate, float initialAccumulator) {
    this(learningRate, initialAccumulator, NO_CAP);
  }

  @Override
  public Adagrad scaled(float factor) {
    return new Adagrad(factor * learningRate, initialAccumulator, accumulatorCap);
  }

  @Override
  public Optimizer optimizer() {
    return new Updater();
  }

  private final class Updater extends DirectOptimizer {
    private static final int PART = 256;

    private final float[] accumulators = new float[PART];
    private final float[] grads = new float[PART];
    private final float[] moves = new float[PART];
    private final float[] changes = new float[PART]; // sums over the parts; 0 between calls

    Updater() {
      super(1, initialAccumulator);
    }

    @Override
    public double prepare(float[] a, int p, int s, int stride, int n, float[] gradient, int g) {
      int i = 0;
      for (; i + PART <= n; i += PART) {
        preparePart(a, s + i, gradient, g + i);
      }
      double change = i > 0 ? takeChanges() : 0;
      for (; i < n; i++) {
        float grad = gradient[g + i];
        float accumulator = Math.min(a[s + i] + grad * grad, MAX_SUM);
        a[s + i] = accumulator;
        float move =
            -learningRate * grad / (float) Math.sqrt(Math.min(accumulator, accumulatorCap));
        change -= move * grad;
        gradient[g + i] = move;
      }
      return change;
    }

    private void preparePart(float[] a, int s, float[] gradient, int g) {
      float rate = learningRate;
      float cap = accumulatorCap;
      System.arraycopy(a, s, accumulators, 0, PART);
      System.arraycopy(gradient, g, grads, 0, PART);
      for (int i = 0; i < PART; i++) {
        accumulators[i] = Math.min(accumulators[i] + grads[i] * grads[i], MAX_SUM);
      }
      for (int i = 0; i < PART; i++) {
        moves[i] = -rate * grads[i] / (float) Math.sqrt(Math.min(accumulators[i], cap));
      }
      for (int i = 0; i < PART; i++) {
        changes[i] -= moves[i] * grads[i];
      }
      System.arraycopy(accumulators, 0, a, s, PART);
      System.arraycopy(moves, 0, gradient, g, PART);
    }

    private double takeChanges() {
      double sum = 0;
      for (int i = 0; i < PART; i++) {
        sum += changes[i];
        changes[i] = 0;
      }
      return sum;
    }
  }
}
