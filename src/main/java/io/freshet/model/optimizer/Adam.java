package io.freshet.model.optimizer;

import static io.freshet.config.option.ValueType.number;

import java.util.Arrays;

/**
 * Adam (Kingma and Ba 2015, arXiv 1412.6980, algorithm 1), with decoupled weight decay if there is
 * any (AdamW, Loshchilov and Hutter 2019, arXiv 1711.05101, algorithm 2).
 *
 * <p>The slots are the moments m and v and the number t of steps, which is the same for parameters
 * that always move together. Where some are new, as after a change of shape, the largest counts:
 *
 * <pre>
 * t += 1,   m = β₁ m + (1 - β₁) g,   v = β₂ v + (1 - β₂) g²
 * x -= rate · (m / (1 - β₁ᵗ) / (√(v / (1 - β₂ᵗ)) + ε) + decay · x)
 * </pre>
 *
 * Moments decay, so they are no sums that trainers could add up: each keeps its own.
 */
public record Adam(float learningRate, float beta1, float beta2, float epsilon, float weightDecay)
    implements OptimizerSettings {
  static final OptimizerKind<Adam> KIND =
      new OptimizerKind<>(
          Adam.class,
          "adam",
          "Adam (Kingma and Ba 2015); AdamW with weight-decay. Rows allow it with one trainer"
              + " only.",
          new Adam(0.001f, 0.9f, 0.999f, 1e-8f, 0),
          (s, d) ->
              new Adam(
                  OptimizerKind.learningRate(s, d.learningRate),
                  s.option("beta1", "Decay of the first moment.").get(OptimizerKind.DECAY, d.beta1),
                  s.option("beta2", "Decay of the second moment.")
                      .get(OptimizerKind.DECAY, d.beta2),
                  s.option("epsilon", "Keeps the first steps finite.")
                      .get(number(1e-12, 1), d.epsilon),
                  s.option("weight-decay", "Decoupled weight decay (AdamW).")
                      .get(number(0, 1000), d.weightDecay)));

  public Adam {
    Checks.positive("learning rate", learningRate);
    Checks.share("beta1", beta1);
    Checks.share("beta2", beta2);
    Checks.positive("epsilon", epsilon);
    Checks.notNegative("weight decay", weightDecay);
  }

  @Override
  public Sgd merged() {
    return new Sgd(learningRate);
  }

  @Override
  public Adam scaled(float factor) {
    return new Adam(factor * learningRate, beta1, beta2, epsilon, weightDecay);
  }

  @Override
  public Optimizer optimizer() {
    return new Updater();
  }

  private final class Updater extends DirectOptimizer {
    private float corrected; // steps for which the corrections are
    private float firstCorrection;
    private float secondCorrection;

    Updater() {
      super(3, 0);
    }

    @Override
    public double prepare(float[] a, int p, int s, int stride, int n, float[] gradient, int g) {
      if (n == 0) {
        return 0;
      }
      float t = 1;
      int steps = s + 2 * stride;
      for (int i = steps; i < steps + n; i++) {
        t = Math.max(t, a[i] + 1);
      }
      Arrays.fill(a, steps, steps + n, t);
      double change = 0;
      correct(t);
      float first = firstCorrection;
      float second = secondCorrection;
      for (int i = 0; i < n; i++) {
        float grad = gradient[g + i];
        float m = beta1 * a[s + i] + (1 - beta1) * grad;
        float v = beta2 * a[s + stride + i] + (1 - beta2) * grad * grad;
        a[s + i] = m;
        a[s + stride + i] = v;
        float step = m * first / ((float) Math.sqrt(v * second) + epsilon);
        float move = -learningRate * (step + weightDecay * a[p + i]);
        change += Math.abs(move * grad);
        gradient[g + i] = move;
      }
      return change;
    }

    /** Powers are expensive, and most rows have taken as many steps as the row before. */
    private void correct(float t) {
      if (t != corrected) {
        corrected = t;
        firstCorrection = (float) (1 / (1 - Math.pow(beta1, t)));
        secondCorrection = (float) (1 / (1 - Math.pow(beta2, t)));
      }
    }
  }
}
