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

  public int size() {
    return times.length;
  }
}
