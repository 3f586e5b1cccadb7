package io.freshet.model;

import static java.util.Objects.requireNonNull;

import io.freshet.config.option.Section;
import io.freshet.model.optimizer.Checks;
import io.freshet.model.optimizer.OptimizerSettings;

/**
 * How a model is fitted: by several passes over examples at hand, on one machine.
 *
 * @param batchSize examples a step; the loss of a step is their mean
 * @param epochs passes at most
 * @param patience passes in a row without a better validation that end the fit; each of them lowers
 *     the rate to a tenth
 * @param optimizer moves all parameters
 * @param embeddingStart deviation of the normal numbers that embeddings start with
 * @param embeddingL2 L2 penalty on the rows
 * @param wholeTable whether each step moves every row, by penalty and momentum too, as if the table
 *     were dense; otherwise those of its examples only
 * @param denseL2 L2 penalty on the dense parameters
 * @param dropout share of hidden units that drop out in training
 * @param batchNorm whether hidden layers are batch-normalized
 */
public record FitSettings(
    int batchSize,
    int epochs,
    int patience,
    OptimizerSettings optimizer,
    float embeddingStart,
    float embeddingL2,
    boolean wholeTable,
    float denseL2,
    float dropout,
    boolean batchNorm) {
  public static final FitSettings DEFAULT = Section.defaults(s -> FitOptions.read(s, true));

  public FitSettings {
    requireNonNull(optimizer, "optimizer");
    Checks.forSingle("optimizer of all parameters", optimizer);
    Checks.atLeastOne("batch size", batchSize);
    Checks.atLeastOne("epochs", epochs);
    Checks.atLeastOne("patience", patience);
    Checks.notNegative("embedding start", embeddingStart);
    Checks.notNegative("embedding l2", embeddingL2);
    Checks.notNegative("dense l2", denseL2);
    Checks.share("dropout", dropout);
  }
}
