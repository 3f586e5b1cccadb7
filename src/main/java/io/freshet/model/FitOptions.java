package io.freshet.model;

import static io.freshet.config.option.ValueType.bool;
import static io.freshet.config.option.ValueType.number;
import static io.freshet.config.option.ValueType.wholeNumber;

import io.freshet.config.option.Section;
import io.freshet.model.optimizer.Adam;
import io.freshet.model.optimizer.Optimizers;

/** The options of the section {@code fit} that say how a model is fitted. */
public final class FitOptions {
  /** Of the rows, where no layer is normalized. */
  private static final float PLAIN_EMBEDDING_L2 = 5e-6f;

  private FitOptions() {}

  /**
   * The settings for a model: the penalty on rows is by default that of published tables, a
   * thousandth as large where no hidden layer is normalized and so undoes their shrinking.
   */
  public static FitSettings read(Section s, boolean hasHiddenLayers) {
    boolean batchNorm =
        s.get("batch-norm", bool(), true, "Whether hidden layers are batch-normalized.");
    return new FitSettings(
        s.get(
            "batch-size",
            wholeNumber(1, 1_000_000),
            4096,
            "Examples of a step; its loss is their mean."),
        s.get("epochs", wholeNumber(1, 10_000), 100, "Most passes."),
        s.get(
            "patience",
            wholeNumber(1, 10_000),
            2,
            "Passes in a row without a better validation that end the fit; each lowers the rate to"
                + " a tenth."),
        s.section(
            "optimizer",
            o -> Optimizers.read(o, new Adam(0.001f, 0.9f, 0.999f, 1e-8f, 0)),
            "Moves all parameters."),
        s.get(
            "embedding-start",
            number(0, 10),
            1e-4f,
            "Deviation of the normal numbers that embeddings start with."),
        s.getDerived(
            "embedding-l2",
            number(0, 1000),
            batchNorm && hasHiddenLayers ? 0.05f : PLAIN_EMBEDDING_L2,
            "L2 penalty on the rows; by default 0.05, or 5e-6 where no hidden layer is"
                + " normalized."),
        s.get(
            "whole-table",
            bool(),
            true,
            "Whether each step moves every row, by penalty and momentum too; otherwise only the"
                + " rows of its examples."),
        s.get("dense-l2", number(0, 1000), 0f, "L2 penalty on the dense parameters."),
        s.get("dropout", number(0, 0.99), 0.2f, "Share of hidden units that drop out in training."),
        batchNorm);
  }
}
