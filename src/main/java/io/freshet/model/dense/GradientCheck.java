package io.freshet.model.dense;

/**
 * Whether a gradient may be learned from: neither undefined nor so large that optimizers, which add
 * up squares, would come to an infinite sum. One that is longer than a given norm is clipped:
 * scaled down to that norm (Pascanu, Mikolov, Bengio 2013, arXiv 1211.5063, algorithm 1).
 *
 * <p>Long vectors go through a short array, part by part: in this form the JIT compiler (C2 of JDK
 * 17) makes vector instructions of the loop. So one object serves one thread.
 */
public final class GradientCheck {
  /** Sum of squares at most: one that is larger moves nothing. */
  static final float MAX_SQUARES = 1e34f;

  private static final int PART = 256;

  private final float maxNorm;
  private final float calm; // sum of squares up to which nothing is to be done
  private final float[] part = new float[PART];
  private final float[] sums = new float[PART];

  /**
   * A check.
   *
   * @param maxNorm Euclidean norm above which gradients are clipped; infinite for never
   */
  public GradientCheck(float maxNorm) {
    this.maxNorm = maxNorm;
    calm = Math.min(MAX_SQUARES, maxNorm * maxNorm);
  }

  /** Clips the gradient if it is too long; false, and nothing done, if it is none to learn from. */
  public boolean passes(float[] gradient, int from, int n) {
    float squares = squares(gradient, from, n);
    return squares <= calm || clip(gradient, from, n, squares); // false of NaN
  }

  private boolean clip(float[] gradient, int from, int n, float squares) {
    if (!(squares <= MAX_SQUARES)) {
      return false;
    }
    float scale = maxNorm / (float) Math.sqrt(squares);
    for (int i = from; i < from + n; i++) {
      gradient[i] *= scale;
    }
    return true;
  }

  private float squares(float[] gradient, int from, int n) {
    float squares = 0;
    int i = from;
    for (; i + PART <= from + n; i += PART) {
      addPart(gradient, i);
    }
    for (; i < from + n; i++) {
      squares += gradient[i] * gradient[i];
    }
    if (n >= PART) {
      for (int j = 0; j < PART; j++) {
        squares += sums[j];
        sums[j] = 0;
      }
    }
    return squares;
  }

  private void addPart(float[] gradient, int from) {
    System.arraycopy(gradient, from, part, 0, PART);
    for (int j = 0; j < PART; j++) {
      sums[j] += part[j] * part[j];
    }
  }
}
