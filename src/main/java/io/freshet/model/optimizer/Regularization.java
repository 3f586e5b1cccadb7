package io.freshet.model.optimizer;

import java.io.Serializable;
import java.util.List;

/**
 * What bounds learning, in addition to the optimizers and the model's L2 penalty.
 *
 * @param dropout share of the hidden units that drop out where an example is learned; 0 for none
 * @param rowNorm Euclidean norm to which the gradient of a row is clipped, all its values taken
 *     together, in each row step; {@link #NONE} where it is not
 * @param denseNorm the same of the gradient of the deep part, in each of its steps
 * @param fields those whose rows are learned otherwise than the others'
 */
public record Regularization(
    float dropout, float rowNorm, float denseNorm, List<FieldLearning> fields)
    implements Serializable {
  public static final float NONE = Float.POSITIVE_INFINITY;
  public static final Regularization OFF = new Regularization(0, NONE, NONE, List.of());

  public Regularization {
    Checks.share("dropout", dropout);
    Checks.norm("row norm", rowNorm);
    Checks.norm("dense norm", denseNorm);
    fields = List.copyOf(fields);
  }

  /** Returns a copy with other fields. */
  public Regularization with(List<FieldLearning> others) {
    return new Regularization(dropout, rowNorm, denseNorm, others);
  }

  /** The factor on the rate of a field's rows. */
  public float rate(int field) {
    return fields.stream()
        .filter(one -> one.number() == field)
        .findFirst()
        .map(FieldLearning::rate)
        .orElse(1f);
  }
}
