package io.freshet.model;

import static java.util.Objects.requireNonNull;

import io.freshet.config.option.Section;
import io.freshet.feature.example.LabelSettings;
import io.freshet.model.learn.LocalLearner;
import io.freshet.model.optimizer.Checks;
import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.model.optimizer.Regularization;
import java.io.Serializable;

/**
 * How the model learns from a batch, in the job and in {@link LocalLearner}.
 *
 * @param stepSize examples a row step at most
 * @param repeatsPerUser how often one user may occur in a row step; 1 keeps steps free of repeats
 * @param firstOrder optimizer of the first-order weights
 * @param embedding optimizer of the embedding vectors
 * @param denseStepSize examples between two steps of the dense optimizer
 * @param dense optimizer of the deep part
 * @param labels how the labels come about, whose spread the learner undoes
 * @param table which features have a row, and for how long
 * @param regularization what keeps learning in bounds
 * @param safeguards what keeps it in bounds whatever the stream is
 */
public record LearningSettings(
    int stepSize,
    int repeatsPerUser,
    OptimizerSettings firstOrder,
    OptimizerSettings embedding,
    int denseStepSize,
    OptimizerSettings dense,
    LabelSettings labels,
    TableSettings table,
    Regularization regularization,
    Safeguards safeguards)
    implements Serializable {
  public static final LearningSettings DEFAULT =
      Section.defaults(s -> LearningOptions.read(s, s.section("dense", "")));

  public LearningSettings {
    Checks.atLeastOne("step size", stepSize);
    Checks.atLeastOne("repeats per user", repeatsPerUser);
    Checks.atLeastOne("dense step size", denseStepSize);
    requireNonNull(firstOrder, "firstOrder");
    requireNonNull(embedding, "embedding");
    requireNonNull(dense, "dense");
    Checks.forSingle("first-order optimizer", firstOrder);
    Checks.forSingle("dense optimizer", dense);
    requireNonNull(labels, "labels");
    requireNonNull(table, "table");
    requireNonNull(regularization, "regularization");
    requireNonNull(safeguards, "safeguards");
  }

  public LearningSettings withStepSize(int examples) {
    return withSteps(examples, repeatsPerUser, denseStepSize);
  }

  public LearningSettings withRepeatsPerUser(int most) {
    return withSteps(stepSize, most, denseStepSize);
  }

  public LearningSettings withDenseStepSize(int examples) {
    return withSteps(stepSize, repeatsPerUser, examples);
  }

  public LearningSettings withOptimizers(
      OptimizerSettings ofFirstOrder, OptimizerSettings ofEmbedding, OptimizerSettings ofDense) {
    return new LearningSettings(
        stepSize,
        repeatsPerUser,
        ofFirstOrder,
        ofEmbedding,
        denseStepSize,
        ofDense,
        labels,
        table,
        regularization,
        safeguards);
  }

  public LearningSettings withLabels(LabelSettings others) {
    return with(others, table, regularization, safeguards);
  }

  public LearningSettings withTable(TableSettings other) {
    return with(labels, other, regularization, safeguards);
  }

  public LearningSettings withRegularization(Regularization other) {
    return with(labels, table, other, safeguards);
  }

  public LearningSettings withSafeguards(Safeguards others) {
    return with(labels, table, regularization, others);
  }

  private LearningSettings withSteps(int rows, int repeats, int denses) {
    return new LearningSettings(
        rows,
        repeats,
        firstOrder,
        embedding,
        denses,
        dense,
        labels,
        table,
        regularization,
        safeguards);
  }

  private LearningSettings with(
      LabelSettings how, TableSettings which, Regularization bounds, Safeguards guards) {
    return new LearningSettings(
        stepSize,
        repeatsPerUser,
        firstOrder,
        embedding,
        denseStepSize,
        dense,
        how,
        which,
        bounds,
        guards);
  }
}
