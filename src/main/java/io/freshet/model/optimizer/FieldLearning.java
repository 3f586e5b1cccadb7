package io.freshet.model.optimizer;

import io.freshet.feature.Fids;
import java.io.Serializable;

/**
 * How the rows of one field are learned, where that is not as those of the others.
 *
 * @param number of the field
 * @param rate times the rate of the rows' optimizers: learning rate, or FTRL's alpha
 * @param l2 penalty on the values of a row that an example touches
 */
public record FieldLearning(int number, float rate, float l2) implements Serializable {
  public FieldLearning {
    if (number < 1 || number > Fids.MAX_FIELD) {
      throw new IllegalArgumentException(
          "number is " + number + " but must be from 1 to " + Fids.MAX_FIELD);
    }
    Checks.positive("rate", rate);
    Checks.notNegative("l2", l2);
  }
}
