package io.freshet.model.gauge;

import io.freshet.model.ModelKind;
import io.freshet.model.Safeguards;
import java.util.List;

/**
 * What a {@link Gauge} measures of one task: how frequent positives are, and which part of the
 * model predicts well. Of a task that follows on another, both are given the other: an example
 * weighs as much as that is probable.
 */
public final class TaskGauge {
  private final Safeguards safeguards;
  private final List<Expert> experts;
  private final BaseRate base;
  private final Mixture mixture;
  private double offset; // of the step

  TaskGauge(Safeguards safeguards, List<Expert> experts, double[] values, int at) {
    this.safeguards = safeguards;
    this.experts = experts;
    base = new BaseRate(values, at);
    mixture = new Mixture(experts, values, at + BaseRate.SUMS);
  }

  /** The experts of the first task, whose model has first-order terms, or of another. */
  static List<Expert> experts(Safeguards safeguards, ModelKind kind, int task) {
    if (!safeguards.mixture()) {
      return List.of(Expert.whole(1));
    }
    return Expert.of(task == 0 ? kind : ModelKind.LR);
  }

  static int sums(List<Expert> experts) {
    return BaseRate.SUMS + Mixture.sums(experts.size());
  }

  int sums() {
    return sums(experts);
  }

  BaseRate base() {
    return base;
  }

  Mixture mixture() {
    return mixture;
  }

  void beginStep() {
    offset = learningOffset();
    mixture.begin();
  }

  /** The logit of the mixed prediction, for what the model's terms add up to. */
  public double logit(float firstOrder, float sum) {
    double probability = mixture.predict(offset, firstOrder, sum);
    return safeguards.mixture() ? Math.log(probability / (1 - probability)) : offset + sum;
  }

  /** Whether the whole model predicts so much worse than a part of it that it is of no use. */
  public boolean isRuined() {
    return mixture.isRuined();
  }

  /**
   * Counts the label of the example that was predicted last.
   *
   * @param within probability of the task that this one follows on; 1 without one
   */
  public void addLabel(double weight, double label, double within) {
    base.add(weight * within, weight * label);
    mixture.add(weight, label, within);
  }

  /** Counts that the label of the example predicted last was learned too small by {@code more}. */
  public void correctLabel(double weight, double more, double within) {
    base.add(0, weight * more);
    mixture.correct(weight, more, within);
  }

  /** What is added to the model's terms to learn from: the base rate with the step's labels. */
  public double learningOffset() {
    return safeguards.offset() ? base.logOdds() : 0;
  }

  /** As it is now. */
  PublishedGauge.OfTask published() {
    mixture.begin();
    return new PublishedGauge.OfTask(learningOffset(), mixture.experts());
  }

  void startFrom(PublishedGauge other) {
    base.start(other.offset(), Mixture.CAPACITY / 2);
    if (other.experts().size() == mixture.experts().size()) {
      mixture.start(other.experts(), 1 / (1 + Math.exp(-other.offset())));
    }
  }
}
