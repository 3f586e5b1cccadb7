package io.freshet.model;

/**
 * Whether a gradient may be learned from: neither undefined nor so large that optimisers, which add
 * up squares, would come to an infinite sum.
 *
 * <p>Long vectors go through a short array, part by part: in this form the JIT compiler (C2 of JDK
 * 17) makes vector instructions of the loop. So one object serves one thread.
 */
final class GradientCheck {
  /** Sum of squares at most: one that is larger moves nothing. */
  static final float MAX_SQUARES = 1e34f;

  private static final int PART = 256;

  private final float[] part = new float[PART];
  private final float[] sums = new float[PART];

  boolean passes(float[] gradient, int from, int n) {
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
    return squares <= MAX_SQUARES; // false of NaN
  }

  private void addPart(float[] gradient, int from) {
    System.arraycopy(gradient, from, part, 0, PART);
    for (int j = 0; j < PART; j++) {
      sums[j] += part[j] * part[j];
    }
  }
}
