package io.freshet.model.learn;

import io.freshet.model.Safeguards.StepCaps;
import io.freshet.model.dense.DenseParameters;
import io.freshet.model.dense.GradientCheck;
import io.freshet.model.kind.DeepFm;

/** The step of the dense part, of the gradients gathered over some examples. */
final class DenseStep {
  private final DenseParameters parameters;
  private final DeepFm model;
  private final float l2;
  private final GradientCheck check;
  private final float cap;
  private final int size;
  private final StepShares shares;

  private final float[] weights;
  private final float[] gradient;
  private long version = -1; // of the parameters that the model has
  private int gathered; // examples since the last step
  private double squaredGradients; // of their losses by the logits
  private long refused;

  /**
   * @param size examples of a step
   */
  DenseStep(
      DenseParameters parameters,
      DeepFm model,
      float l2,
      GradientCheck check,
      float cap,
      int size,
      StepShares shares) {
    this.parameters = parameters;
    this.model = model;
    this.l2 = l2;
    this.check = check;
    this.cap = cap;
    this.size = size;
    this.shares = shares;
    weights = new float[parameters.size()];
    gradient = new float[parameters.size()];
  }

  /** Gives the model the parameters as they are now. */
  void refresh() {
    if (version != parameters.version()) {
      parameters.finish(weights);
      model.dense(weights);
      version = parameters.version();
    }
  }

  /** Counts examples whose gradients the model has gathered; takes a step once there are enough. */
  void gather(int examples, double squared) {
    gathered += examples;
    squaredGradients += squared;
    if (gathered >= size) {
      take();
    }
  }

  /** Takes the step of the examples since the last one, however few. */
  void take() {
    if (gathered > 0 && parameters.size() > 0) {
      model.drain(gradient);
      for (int i = 0; l2 > 0 && i < gradient.length; i++) {
        gradient[i] += l2 * weights[i];
      }
      if (check.passes(gradient, 0, gradient.length)) {
        double change = parameters.prepare(gradient);
        float share = StepCaps.share(cap, squaredGradients, change);
        parameters.move(gradient, share);
        shares.ofDense(share);
      } else {
        refused++;
      }
    }
    gathered = 0;
    squaredGradients = 0;
  }

  /** Steps that were not taken, as their gradient was too large or undefined. */
  long refused() {
    return refused;
  }
}
