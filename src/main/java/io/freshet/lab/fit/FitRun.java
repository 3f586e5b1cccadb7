package io.freshet.lab.fit;

import io.freshet.config.FitConfig;
import io.freshet.config.FitConfig.Monitor;
import io.freshet.evaluate.metric.MetricsAccumulator;
import io.freshet.evaluate.report.Metrics;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.learn.FitLearner;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * One fit from one seed: passes over the shuffled training examples until validation stops
 * improving, then the test of the best pass.
 *
 * <p>Better is a logloss of the validation examples that is lower by 1e-6; by the monitor AUC, an
 * AUC that is higher by 1e-6, or the same with a lower logloss. A pass that is not better divides
 * the rate by ten; {@code patience} such passes in a row end the fit.
 *
 * <p>Runs share only the examples, so several can run in parallel.
 */
final class FitRun {
  private static final float RATE_FALL = 0.1f;
  private static final double LEAST_GAIN = 1e-6;

  private final FitConfig config;
  private final List<LabeledExample> train;
  private final List<LabeledExample> valid;
  private final List<LabeledExample> test;
  private final Listener listener;

  /**
   * One pass.
   *
   * @param number from 1
   * @param loss mean loss of the training examples, each before its step
   */
  record Epoch(int number, double loss, Metrics valid, boolean best, double seconds) {}

  /** What is reported while seeds are fitted, by the thread of each. */
  interface Listener {
    void epoch(long seed, Epoch epoch);

    void end(Result result);
  }

  record Result(long seed, int bestEpoch, Metrics valid, Metrics test, long parameters) {}

  FitRun(
      FitConfig config,
      List<LabeledExample> train,
      List<LabeledExample> valid,
      List<LabeledExample> test,
      Listener listener) {
    this.config = config;
    this.train = List.copyOf(train);
    this.valid = List.copyOf(valid);
    this.test = List.copyOf(test);
    this.listener = listener;
  }

  Result run(long seed) {
    FitLearner learner =
        new FitLearner(
            config.features(), config.model().withSeed(seed), config.settings(), config.fields());
    learner.meet(train);
    Random random = new Random(seed);
    List<LabeledExample> order = new ArrayList<>(train);
    FitLearner.State state = learner.state();
    Epoch best = new Epoch(0, Double.NaN, Metrics.NONE, true, 0);
    int worse = 0;
    for (int n = 1; n <= config.settings().epochs() && worse < config.settings().patience(); n++) {
      Collections.shuffle(order, random);
      long start = System.nanoTime();
      double loss = pass(learner, order);
      Metrics metrics = metrics(learner, valid);
      boolean better = best.number() == 0 || isBetter(metrics, best.valid());
      Epoch epoch = new Epoch(n, loss, metrics, better, (System.nanoTime() - start) / 1e9);
      listener.epoch(seed, epoch);
      if (better) {
        best = epoch;
        state = learner.state();
        worse = 0;
      } else {
        worse++;
        learner.scaleRate(RATE_FALL);
      }
    }
    learner.restore(state);
    Result result =
        new Result(seed, best.number(), best.valid(), metrics(learner, test), learner.parameters());
    listener.end(result);
    return result;
  }

  private boolean isBetter(Metrics metrics, Metrics best) {
    if (config.monitor() == Monitor.LOGLOSS) {
      return best.logloss() - metrics.logloss() >= LEAST_GAIN;
    }
    double gain = metrics.auc() - best.auc();
    return gain >= LEAST_GAIN || gain > -LEAST_GAIN && metrics.logloss() < best.logloss();
  }

  private double pass(FitLearner learner, List<LabeledExample> examples) {
    double loss = 0;
    for (List<LabeledExample> batch : batches(examples)) {
      loss += learner.learn(batch) * batch.size();
    }
    return loss / examples.size();
  }

  private Metrics metrics(FitLearner learner, List<LabeledExample> examples) {
    MetricsAccumulator metrics = new MetricsAccumulator();
    for (List<LabeledExample> batch : batches(examples)) {
      float[] probabilities = learner.predict(batch);
      for (int i = 0; i < probabilities.length; i++) {
        LabeledExample e = batch.get(i);
        metrics.add(e.time(), e.label(), e.weight(), probabilities[i]);
      }
    }
    return metrics.metrics();
  }

  private List<List<LabeledExample>> batches(List<LabeledExample> examples) {
    int size = config.settings().batchSize();
    List<List<LabeledExample>> batches = new ArrayList<>();
    for (int at = 0; at < examples.size(); at += size) {
      batches.add(examples.subList(at, Math.min(at + size, examples.size())));
    }
    return batches;
  }
}
