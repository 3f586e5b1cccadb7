package io.freshet.model.batch;

import io.freshet.feature.ImpressionHash;
import io.freshet.feature.example.LabeledExample;

/**
 * Predictions made before their examples were learned. The first four have one element an example
 * whose label a prediction can be held against: neither corrections nor mere predictions.
 *
 * @param times event times of the labels' decisions, epoch milliseconds
 * @param weights importance weights, times what makes the examples represent the traffic
 * @param probabilities predicted click probabilities, corrected
 * @param learned how many examples were learned, corrections among them
 * @param occurrences feature occurrences of what was learned: what {@code updates} over the table
 *     grows by
 * @param scoredKeys keys of the impressions whose own prediction is among these
 * @param scores those predictions
 * @param traits whose the judged examples are
 */
public record Predictions(
    long[] times,
    float[] labels,
    float[] weights,
    float[] probabilities,
    int learned,
    long occurrences,
    long[] scoredKeys,
    float[] scores,
    ExampleAttributes traits) {

  /** Returns a copy with traits. */
  public Predictions with(ExampleAttributes others) {
    return new Predictions(
        times, labels, weights, probabilities, learned, occurrences, scoredKeys, scores, others);
  }

  /** Predictions of examples that were all learned, none of them an impression's own. */
  public Predictions(
      long[] times, float[] labels, float[] weights, float[] probabilities, long occurrences) {
    this(
        times,
        labels,
        weights,
        probabilities,
        times.length,
        occurrences,
        new long[0],
        new float[0],
        ExampleAttributes.NONE);
  }

  /**
   * The predictions of a batch.
   *
   * @param probabilities of all its examples
   * @param weights of all its examples
   */
  public static Predictions of(MiniBatch batch, float[] probabilities, float[] weights) {
    return of(batch, probabilities, weights, ExampleAttributes.ALL_TASKS);
  }

  /** The same of those examples that are of one task. */
  public static Predictions of(MiniBatch batch, float[] probabilities, float[] weights, int task) {
    int judged = 0;
    int scored = 0;
    int learned = 0;
    long occurrences = 0;
    for (int i = 0; i < batch.size(); i++) {
      LabeledExample example = batch.example(i);
      if (ExampleAttributes.isOf(example, task)) {
        judged += example.isJudged() ? 1 : 0;
        scored += example.scored() ? 1 : 0;
        learned += example.isLearned() ? 1 : 0;
        occurrences += example.isLearned() ? example.example().occurrences() : 0;
      }
    }
    Predictions predictions =
        new Predictions(
            new long[judged],
            new float[judged],
            new float[judged],
            new float[judged],
            learned,
            occurrences,
            new long[scored],
            new float[scored],
            ExampleAttributes.NONE);
    predictions.fill(batch, probabilities, weights, task);
    return predictions;
  }

  private void fill(MiniBatch batch, float[] all, float[] allWeights, int task) {
    int judged = 0;
    int scored = 0;
    for (int i = 0; i < batch.size(); i++) {
      LabeledExample example = batch.example(i);
      if (!ExampleAttributes.isOf(example, task)) {
        continue;
      }
      if (example.isJudged()) {
        times[judged] = example.time();
        labels[judged] = example.label();
        weights[judged] = allWeights[i];
        probabilities[judged++] = all[i];
      }
      if (example.scored()) {
        scoredKeys[scored] = ImpressionHash.key(example.impressionId());
        scores[scored++] = all[i];
      }
    }
  }

  /** How many examples were judged. */
  public int size() {
    return times.length;
  }
}
