package io.freshet.serve.limit;

/**
 * What requests for explanations may take, which cost a hundred times a prediction.
 *
 * @param waiting requests whose response is not complete, else 429; with 0 nothing is explained
 * @param instances of a request, else 413
 */
public record ExplainLimits(int waiting, int instances) {
  public static final ExplainLimits DEFAULT = new ExplainLimits(2, 100);

  public ExplainLimits {
    if (waiting < 0 || instances < 1) {
      throw new IllegalArgumentException(
          "explain requests %s must be at least 0, and explain instances %s at least 1"
              .formatted(waiting, instances));
    }
  }
}
