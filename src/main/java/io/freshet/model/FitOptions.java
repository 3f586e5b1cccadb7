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
        s.option("batch-norm", "Whether hidden layers are batch-normalized.").get(bool(), true);
    return new FitSettings(
        s.option("batch-size", "Examples of a step; its loss is their mean.")
            .get(wholeNumber(1, 1_000_000), 4096),
        s.option("epochs", "Most passes.").get(wholeNumber(1, 10_000), 100),
        s.option(
                "patience",
                "Passes in a row without a better validation that end the fit; each lowers the rate"
                    + " to a tenth.")
            .get(wholeNumber(1, 10_000), 2),
        s.section(
            "optimizer",
            o -> Optimizers.read(o, new Adam(0.001f, 0.9f, 0.999f, 1e-8f, 0)),
            "Moves all parameters."),
        s.option("embedding-start", "Deviation of the normal numbers that embeddings start with.")
            .get(number(0, 10), 1e-4f),
        s.option("embedding-l2", "L2 on rows; 0.05, or 5e-6 without a normalized layer.")
            .derived(number(0, 1000), batchNorm && hasHiddenLayers ? 0.05f : PLAIN_EMBEDDING_L2),
        s.option(
                "whole-table",
                "Whether each step moves every row, by penalty and momentum too; otherwise only the"
                    + " rows of its examples.")
            .get(bool(), true),
        s.option("dense-l2", "L2 penalty on the dense parameters.").get(number(0, 1000), 0f),
        s.option("dropout", "Share of hidden units that drop out in training.")
            .get(number(0, 0.99), 0.2f),
        batchNorm);
  }
}
