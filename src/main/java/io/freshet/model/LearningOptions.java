package io.freshet.model;

import static io.freshet.config.option.ValueType.limit;
import static io.freshet.config.option.ValueType.number;
import static io.freshet.config.option.ValueType.wholeNumber;

import io.freshet.config.option.Section;
import io.freshet.feature.example.LabelSettings;
import io.freshet.model.optimizer.Adagrad;
import io.freshet.model.optimizer.Ftrl;
import io.freshet.model.optimizer.Optimizers;
import io.freshet.model.optimizer.Regularization;
import java.util.List;

/** The options of the section {@code train} that say how the model learns from a batch. */
public final class LearningOptions {
  private static final int MILLION = 1_000_000;

  private LearningOptions() {}

  /**
   * The settings, for the default labels and table.
   *
   * @param dense the section {@code dense} in it
   */
  public static LearningSettings read(Section s, Section dense) {
    return new LearningSettings(
        s.get(
            "step-size",
            wholeNumber(1, 65_536),
            64,
            "Most examples of a row step: the grain of learning."),
        s.get(
            "repeats-per-user",
            wholeNumber(1, 65_536),
            1,
            "How often one user may occur in a row step; more is faster and learns worse."),
        s.section(
            "first-order-optimizer",
            o -> Optimizers.read(o, new Ftrl(0.5f, 1, 0, 0)),
            "Moves the first-order weights."),
        s.section(
            "embedding-optimizer",
            o -> Optimizers.readForVectors(o, new Adagrad(0.1f, 0.1f)),
            "Moves the embedding vectors."),
        dense.get(
            "step-size",
            wholeNumber(1, MILLION),
            64,
            "Examples between two steps of the dense optimizer."),
        dense.section(
            "optimizer",
            o -> Optimizers.read(o, new Adagrad(0.02f, 0.1f, 100)),
            "Moves the dense part."),
        LabelSettings.DEFAULT,
        TableSettings.OFF,
        regularization(s));
  }

  private static Regularization regularization(Section s) {
    Section clip =
        s.section("clip", "Euclidean norms to which gradients are clipped, penalties included.");
    return new Regularization(
        s.get(
            "dropout",
            number(0, 0.99),
            0f,
            "Share of the hidden units that drop out when an example is learned; predictions use"
                + " all."),
        clip.get("rows", limit(), Regularization.NONE, "Norm for a row, in each row step."),
        clip.get(
            "dense",
            limit(),
            Regularization.NONE,
            "Norm for the dense part, in each of its steps."),
        List.of());
  }
}
