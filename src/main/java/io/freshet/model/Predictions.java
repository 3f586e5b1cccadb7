package io.freshet.model;

/**
 * Predictions made before their examples were learned, one element an example.
 *
 * @param times event times of the labels' decisions, epoch milliseconds
 * @param labels labels
 * @param weights importance weights
 * @param probabilities predicted click probabilities
 * @param occurrences feature occurrences of the examples: what {@code updates} over the table grows
 *     by when they are learned
 */
public record Predictions(
    long[] times, float[] labels, float[] weights, float[] probabilities, long occurrences) {

  /** The predictions of a batch; takes over the array of probabilities. */
  public static Predictions of(MiniBatch batch, float[] probabilities) {
    int n = batch.size();
    long[] times = new long[n];
    float[] labels = new float[n];
    float[] weights = new float[n];
    for (int i = 0; i < n; i++) {
      times[i] = batch.example(i).time();
      labels[i] = batch.example(i).label();
      weights[i] = batch.example(i).weight();
    }
    return new Predictions(times, labels, weights, probabilities, batch.occurrences());
  }

  public int size() {
    return times.length;
  }
}
