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
        s.option("step-size", "Most examples of a row step: the grain of learning.")
            .get(wholeNumber(1, 65_536), 64),
        s.option("repeats-per-user", "How often a user may occur in a row step.")
            .get(wholeNumber(1, 65_536), 1),
        s.section(
            "first-order-optimizer",
            o -> Optimizers.read(o, new Ftrl(0.5f, 1, 0, 0)),
            "Moves the first-order weights."),
        s.section(
            "embedding-optimizer",
            o -> Optimizers.readForVectors(o, new Adagrad(0.1f, 0.1f)),
            "Moves the embedding vectors."),
        dense
            .option("step-size", "Examples between two steps of the dense optimizer.")
            .get(wholeNumber(1, MILLION), 64),
        dense.section(
            "optimizer",
            o -> Optimizers.read(o, new Adagrad(0.02f, 0.1f, 100)),
            "Moves the dense part."),
        LabelSettings.DEFAULT,
        TableSettings.OFF,
        regularization(s),
        Safeguards.ON);
  }

  private static Regularization regularization(Section s) {
    Section clip =
        s.section("clip", "Euclidean norms to which gradients are clipped, penalties included.");
    return new Regularization(
        s.option("dropout", "Share of the hidden units that drop out in learning.")
            .get(number(0, 0.99), 0f),
        clip.option("rows", "Norm for a row, in each row step.").get(limit(), Regularization.NONE),
        clip.option("dense", "Norm for the dense part, in each of its steps.")
            .get(limit(), Regularization.NONE),
        List.of());
  }
}
