package io.freshet.train.state;

/**
 * Checks whether floats are all finite: 0 times a float is 0, or not a number.
 *
 * <p>It copies them to a short array, part by part: in this form the JIT compiler (C2 of JDK 17)
 * vectorizes the loop. Not thread-safe.
 */
public final class FiniteCheck {
  private static final int PART = 256;

  private final float[] part = new float[PART];
  private final float[] sums = new float[PART];

  public boolean holds(float[] values, int from, int n) {
    float sum = 0;
    int i = from;
    for (; i + PART <= from + n; i += PART) {
      addPart(values, i);
    }
    for (; i < from + n; i++) {
      sum += values[i] * 0;
    }
    for (int j = 0; n >= PART && j < PART; j++) {
      sum += sums[j];
      sums[j] = 0;
    }
    return sum == 0;
  }

  private void addPart(float[] values, int from) {
    System.arraycopy(values, from, part, 0, PART);
    for (int j = 0; j < PART; j++) {
      sums[j] += part[j] * 0;
    }
  }
}
