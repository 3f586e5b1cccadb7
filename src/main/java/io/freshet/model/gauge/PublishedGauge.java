package io.freshet.model.gauge;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.example.Example;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a snapshot holds of the gauge: enough to predict as the learner did at its checkpoint.
 *
 * @param numbers how the numbers are standardized, those of numeric fields and of the components of
 *     vectors, in the schema's order; empty where they are not
 * @param offset log odds of the base rate, added to every logit
 * @param experts whose predictions are mixed; a single one is not corrected
 * @param further what it says of tasks in addition to the first
 */
public record PublishedGauge(
    List<NumberScale> numbers, double offset, List<Expert> experts, List<OfTask> further) {
  /** The base rate and the experts of one task. */
  public record OfTask(double offset, List<Expert> experts) {
    public OfTask {
      experts = List.copyOf(experts);
    }
  }

  /** Of a model without a gauge: numbers are as they are, and so is the logit. */
  public static final PublishedGauge NONE =
      new PublishedGauge(List.of(), 0, List.of(Expert.whole(1)));

  public PublishedGauge {
    numbers = List.copyOf(numbers);
    experts = List.copyOf(experts);
    further = List.copyOf(further);
  }

  /** That of a model of one task. */
  public PublishedGauge(List<NumberScale> numbers, double offset, List<Expert> experts) {
    this(numbers, offset, experts, List.of());
  }

  /** How many tasks it is of. */
  public int tasks() {
    return 1 + further.size();
  }

  /** What it says of a task. */
  public PublishedGauge of(int task) {
    if (task == 0) {
      return this;
    }
    OfTask its = further.get(task - 1);
    return new PublishedGauge(List.of(), its.offset(), its.experts());
  }

  /** The encoding of numbers for a schema's examples. */
  public NumberEncoding encoding(FeatureSchema schema) {
    NumberExpansion expansion = new NumberExpansion(schema);
    return numbers.isEmpty()
        ? expansion::transform
        : example -> expansion.expand(example, (i, x) -> numbers.get(i).standardize(x));
  }

  /** The same with its numbers as another schema has them, unknown where this one lacks a field. */
  public PublishedGauge reordered(FeatureSchema from, FeatureSchema to) {
    if (numbers.isEmpty()) {
      return this;
    }
    Map<Long, NumberScale> known = new HashMap<>();
    List<Long> fids = new NumberExpansion(from).fids();
    for (int i = 0; i < fids.size(); i++) {
      known.put(fids.get(i), numbers.get(i));
    }
    List<NumberScale> others =
        new NumberExpansion(to)
            .fids().stream().map(fid -> known.getOrDefault(fid, NumberScale.UNKNOWN)).toList();
    return new PublishedGauge(others, offset, experts, further);
  }

  /** From an example as events have it to one as the model computes with. */
  public interface NumberEncoding {
    Example encode(Example example);
  }

  /**
   * The logit of the mixed prediction; no number if an expert that counts predicts none. One whose
   * weight could not change a probability counts for nothing.
   */
  public double logit(double firstOrder, double sum) {
    if (experts.size() == 1) {
      return offset + sum;
    }
    double mixed = 0;
    for (Expert expert : experts) {
      double probability = probability(expert, firstOrder, sum);
      if (expert.weight() >= Mixture.LEAST || !Double.isNaN(probability)) {
        mixed += expert.weight() * probability;
      }
    }
    return Math.log(mixed / (1 - mixed));
  }

  /** What one of the experts predicts; no number if its logit is none. */
  public double probability(Expert expert, double firstOrder, double sum) {
    double z = expert.logit(offset, firstOrder, sum);
    return Double.isFinite(z)
        ? Mixture.clip(1 / (1 + Math.exp(-z - expert.correction())))
        : Double.NaN;
  }

  /** Whether there are experts to mix. */
  public boolean isMixed() {
    return experts.size() > 1;
  }

  /** The weight of first-order terms alone. */
  public double firstOrderWeight() {
    return experts.stream()
        .filter(expert -> expert.firstOrder() != 0 && expert.logit() == 0)
        .mapToDouble(Expert::weight)
        .sum();
  }

  /** The weight of the base rate alone: 1 where the model adds nothing to it. */
  public double baseRateWeight() {
    return experts.stream().filter(Expert::isBaseRate).mapToDouble(Expert::weight).sum();
  }
}
