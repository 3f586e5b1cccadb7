package io.freshet.model.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class OptimizersTest {
  private static final int STEPS = 200;
  private static final double NONE = Double.POSITIVE_INFINITY;

  @Test
  void sgdFollowsItsFormula() {
    check(new Sgd(0.3f), () -> sgd(0.3));
  }

  @Test
  void adagradFollowsItsFormula() {
    check(new Adagrad(0.1f, 0.5f), () -> adagrad(0.1, 0.5, NONE));
    check(new Adagrad(0.1f, 0.5f, 20), () -> adagrad(0.1, 0.5, 20));
  }

  @Test
  void rowWiseAdagradFollowsItsFormula() {
    checkVector(new RowWiseAdagrad(0.1f, 0.5f), 0.1, 0.5, NONE, 10);
    checkVector(new RowWiseAdagrad(0.3f, 0.1f), 0.3, 0.1, NONE, 3);
    checkVector(new RowWiseAdagrad(0.1f, 0.5f, 99), 0.1, 0.5, 99, 10);
  }

  @Test
  void rowWiseAdagradOfOneParameterIsAdagrad() {
    check(new RowWiseAdagrad(0.1f, 0.5f), () -> adagrad(0.1, 0.5, NONE), 1);
  }

  @Test
  void rowWiseAdagradOfNoParametersTouchesNothing() {
    Optimizer optimizer = new RowWiseAdagrad(0.1f, 0.5f).optimizer();
    float[] a = {7, 8};

    optimizer.start(a, 1, 1, 0);
    optimizer.update(a, 1, 1, 0, new float[1], 0);

    assertThat(optimizer.slotWidth(0)).isZero();
    assertThat(a).containsExactly(7, 8);
  }

  @Test
  void ftrlFollowsItsFormula() {
    check(new Ftrl(0.5f, 1, 0, 0), () -> ftrl(0.5, 1, 0, 0, NONE));
    check(new Ftrl(0.2f, 0.7f, 1.5f, 0.4f), () -> ftrl(0.2, 0.7, 1.5, 0.4, NONE));
    check(new Ftrl(0.2f, 0.7f, 1.5f, 0.4f, 50), () -> ftrl(0.2, 0.7, 1.5, 0.4, 50));
  }

  @Test
  void ftrlBeyondItsCapIsGradientDescentAtTheLeastRate() {
    Optimizer ftrl = new Ftrl(0.5f, 1, 0, 0, 16).optimizer();
    float[] a = {-3, 15.5f};
    float[] value = new float[2];

    ftrl.read(a, 0, 1, 1, value, 0);
    ftrl.update(a, 0, 1, 1, new float[] {2}, 0);
    ftrl.read(a, 0, 1, 1, value, 1);
    assertThat(value[1]).as("as n passes it").isCloseTo(value[0] - 0.5f / 5 * 2, within(1e-6f));

    ftrl.update(a, 0, 1, 1, new float[] {-1}, 0);
    ftrl.read(a, 0, 1, 1, value, 0);
    assertThat(value[0]).as("beyond it").isCloseTo(value[1] + 0.5f / 5, within(1e-6f));
    assertThat(a[1]).as("n goes on").isEqualTo(20.5f);
  }

  @Test
  void adamFollowsItsFormula() {
    check(new Adam(0.01f, 0.9f, 0.999f, 1e-8f, 0), () -> adam(0.01, 0.9, 0.999, 1e-8, 0));
    check(new Adam(0.02f, 0.5f, 0.9f, 0.1f, 0.3f), () -> adam(0.02, 0.5, 0.9, 0.1, 0.3));
  }

  @Test
  void momentumFollowsItsFormula() {
    check(new Momentum(0.01f, 0.9f), () -> momentum(0.01, 0.9));
  }

  @Test
  void ftrlReadsBackTheInitialValue() {
    Optimizer ftrl = new Ftrl(0.5f, 1, 0.3f, 0.1f).optimizer();
    float[] a = {0.25f, -2, 0, 9, 9, 9};
    float[] values = new float[3];

    ftrl.start(a, 0, 3, 3);
    ftrl.read(a, 0, 3, 3, values, 0);

    assertThat(values).containsExactly(new float[] {0.25f, -2, 0}, within(1e-6f));
    assertThat(a).endsWith(0, 0, 0);
  }

  @Test
  void ftrlWithL1HoldsWeakFeaturesAtZero() {
    Optimizer ftrl = new Ftrl(0.5f, 1, 1, 0).optimizer();
    float[] a = new float[2];
    float[] value = new float[1];

    ftrl.update(a, 0, 1, 1, new float[] {0.9f}, 0);
    ftrl.read(a, 0, 1, 1, value, 0);
    assertThat(value[0]).isZero();

    ftrl.update(a, 0, 1, 1, new float[] {0.9f}, 0);
    ftrl.read(a, 0, 1, 1, value, 0);
    assertThat(value[0]).isNegative();
  }

  @Test
  void ratesThatCannotWorkAreRefused() {
    assertThatThrownBy(() -> new Sgd(0))
        .hasMessage("learning rate is 0.0 but must be above 0 and finite");
    assertThatThrownBy(() -> new Adagrad(0.1f, 0))
        .hasMessage("initial accumulator is 0.0 but must be above 0 and finite");
    assertThatThrownBy(() -> new Ftrl(Float.NaN, 1, 0, 0))
        .hasMessage("alpha is NaN but must be above 0 and finite");
    assertThatThrownBy(() -> new Ftrl(1, 1, -1, 0))
        .hasMessage("l1 is -1.0 but must be 0 or more and finite");
    assertThatThrownBy(() -> new Ftrl(1, 1, 0, 0, Float.NaN))
        .hasMessageStartingWith("accumulator cap is NaN but must be above 0");
  }

  private static void check(OptimizerSettings settings, Supplier<Reference> references) {
    check(settings, references, 3);
    check(settings, references, 600);
  }

  /** Runs both over the same gradients, for n parameters in the middle of an array. */
  private static void check(OptimizerSettings settings, Supplier<Reference> references, int n) {
    Optimizer optimizer = settings.optimizer();
    int p = 2;
    int s = p + n + 1;
    float[] a = new float[s + optimizer.slotWidth(n) + 1];
    Reference[] expected = new Reference[n];
    Random random = new Random(11);
    for (int i = 0; i < n; i++) {
      a[p + i] = (float) random.nextGaussian();
      expected[i] = references.get();
      expected[i].start(a[p + i]);
    }
    optimizer.start(a, p, s, n);
    float[] gradient = new float[n + 2];
    float[] values = new float[n + 1];
    for (int step = 0; step < STEPS; step++) {
      for (int i = 0; i < n; i++) {
        gradient[2 + i] = (float) (random.nextGaussian() * (i % 5 + 0.5));
        expected[i].update(gradient[2 + i]);
      }
      optimizer.update(a, p, s, n, gradient, 2);
      optimizer.read(a, p, s, n, values, 1);
      for (int i = 0; i < n; i++) {
        assertThat((double) values[1 + i])
            .as("%s, parameter %d after step %d", settings, i, step)
            .isCloseTo(expected[i].value(), within(2e-4));
      }
    }
    assertThat(a[0] + a[1] + a[p + n] + a[a.length - 1]).as("untouched around").isZero();
  }

  /** Row-wise Adagrad over vectors, its one accumulator the mean of all squares so far. */
  private static void checkVector(
      OptimizerSettings settings, double rate, double initial, double cap, int n) {
    Optimizer optimizer = settings.optimizer();
    float[] a = new float[n + 3];
    double[] x = new double[n];
    Random random = new Random(n);
    for (int i = 0; i < n; i++) {
      a[1 + i] = (float) random.nextGaussian();
      x[i] = a[1 + i];
    }
    optimizer.start(a, 1, n + 1, n);
    double squares = 0;
    for (int step = 0; step < STEPS; step++) {
      float[] gradient = new float[n];
      for (int i = 0; i < n; i++) {
        gradient[i] = (float) random.nextGaussian() * (i + 1);
        squares += Math.pow(gradient[i], 2);
      }
      for (int i = 0; i < n; i++) {
        x[i] -= gradient[i] * rate / Math.sqrt(Math.min(cap, initial + squares / n));
      }
      optimizer.update(a, 1, n + 1, n, gradient, 0);
      for (int i = 0; i < n; i++) {
        assertThat((double) a[1 + i])
            .as("%s, step %d", settings, step)
            .isCloseTo(x[i], within(2e-4));
      }
    }
    assertThat(optimizer.slotWidth(n)).isEqualTo(1);
    assertThat(a[0] + a[n + 2]).as("untouched around").isZero();
  }

  /** One parameter in double precision. */
  private abstract static class Reference {
    double x;

    void start(double value) {
      x = value;
    }

    abstract void update(double g);

    double value() {
      return x;
    }
  }

  private static Reference sgd(double rate) {
    return momentum(rate, 0);
  }

  private static Reference momentum(double rate, double momentum) {
    return new Reference() {
      private double velocity;

      @Override
      void update(double g) {
        velocity = momentum * velocity + g;
        x -= rate * velocity;
      }
    };
  }

  /** Adam without its recursions: moments as weighted sums over all gradients. */
  private static Reference adam(
      double rate, double beta1, double beta2, double epsilon, double decay) {
    return new Reference() {
      private final List<Double> gradients = new ArrayList<>();

      @Override
      void update(double g) {
        gradients.add(g);
        double mean = moment(beta1, 1);
        double square = moment(beta2, 2);
        x = x - rate * decay * x - rate * mean / (Math.sqrt(square) + epsilon);
      }

      private double moment(double beta, int power) {
        double sum = 0;
        double weights = 0;
        for (int i = 0; i < gradients.size(); i++) {
          double weight = Math.pow(beta, gradients.size() - 1 - i);
          sum += weight * Math.pow(gradients.get(i), power);
          weights += weight;
        }
        return sum / weights;
      }
    };
  }

  private static Reference adagrad(double rate, double initial, double cap) {
    return new Reference() {
      private double sum = initial;

      @Override
      void update(double g) {
        sum += Math.pow(g, 2);
        x -= rate / Math.sqrt(Math.min(sum, cap)) * g;
      }
    };
  }

  /** FTRL as its authors first define it: the minimum of a sum, found without z's recursion. */
  private static Reference ftrl(double alpha, double beta, double l1, double l2, double cap) {
    return new Reference() {
      private double linear; // gradients minus sigma-weighted past values
      private double squares;

      @Override
      void start(double value) {
        linear = -value * (beta / alpha + l2) - Math.signum(value) * l1;
      }

      @Override
      void update(double g) {
        double x = value();
        double before = inverseRate();
        squares += g * g;
        linear += g - (inverseRate() - before) * x;
      }

      /** Minimizes linear · x + l1 |x| + ½ (1 / rate + l2) x². */
      @Override
      double value() {
        double curvature = inverseRate() + l2;
        double right = Math.max(0, (-linear - l1) / curvature);
        double left = Math.min(0, (-linear + l1) / curvature);
        return right + left;
      }

      private double inverseRate() {
        return (beta + Math.sqrt(Math.min(cap, squares))) / alpha;
      }
    };
  }
}
