package io.freshet.model.network;

import io.freshet.model.algebra.Sigmoid;
import org.ejml.data.FMatrixRMaj;

/**
 * What branches of a network learn from each other (FinalNet, Zhu et al. 2023, SIGIR): to the loss
 * of the whole logit z each adds the cross-entropy of its own prediction, with z's as the label. Of
 * n branches, with y_b their outputs, ȳ the mean of these, which is what they add to z, and w the
 * example's weight,
 *
 * <pre>
 * z_b = z - ȳ + y_b
 * gradient by y_b: g / n + w · (sigmoid(z_b) - sigmoid(z))
 * </pre>
 *
 * It moves the branches alone: to the terms outside the dense part it is a constant.
 */
final class Distillation {
  private float[] wholeLogits = new float[0];
  private float[] weights = new float[0];

  /** See {@link DenseNetwork#teach}. */
  void teach(float[] logits, float[] weightsOfExamples) {
    wholeLogits = logits;
    weights = weightsOfExamples;
  }

  /** Adds the second part of the gradients by the output of a branch. */
  void addTo(float[] gradients, FMatrixRMaj mean, FMatrixRMaj own) {
    for (int i = 0; i < gradients.length && i < weights.length; i++) {
      if (weights[i] != 0) {
        float z = wholeLogits[i];
        gradients[i] += weights[i] * (Sigmoid.of(z - mean.data[i] + own.data[i]) - Sigmoid.of(z));
      }
    }
  }
}
