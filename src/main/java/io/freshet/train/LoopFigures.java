package io.freshet.train;

import java.util.Map;

/**
 * Measurements of the loop from the accumulators of a finished job: they determine how much worse
 * several trainers learn than one.
 *
 * @param unseen mean number of examples that other trainers learned while a batch was in flight
 * @param stepExamples mean number of examples in a row step
 * @param largestPartition share of the examples that the busiest trainer learned
 */
public record LoopFigures(double unseen, double stepExamples, double largestPartition) {
  public static final String UNSEEN_EXAMPLES = "freshet-unseen-examples";
  public static final String UNSEEN_BATCHES = "freshet-unseen-batches";
  public static final String EXAMPLES = "freshet-examples";
  public static final String ROW_STEPS = "freshet-row-steps";
  public static final String LARGEST_PARTITION = "freshet-largest-partition";

  /** Reads the results of the accumulators. */
  public static LoopFigures of(Map<String, Object> accumulators) {
    double examples = number(accumulators, EXAMPLES);
    return new LoopFigures(
        number(accumulators, UNSEEN_EXAMPLES) / number(accumulators, UNSEEN_BATCHES),
        examples / number(accumulators, ROW_STEPS),
        number(accumulators, LARGEST_PARTITION) / examples);
  }

  private static double number(Map<String, Object> accumulators, String name) {
    return accumulators.get(name) instanceof Number number ? number.doubleValue() : Double.NaN;
  }
}
