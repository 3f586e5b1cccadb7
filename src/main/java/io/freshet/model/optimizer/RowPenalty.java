package io.freshet.model.optimizer;

import io.freshet.feature.Fids;
import java.util.Arrays;
import java.util.List;

/**
 * The L2 penalty on rows: l2 / 2 times the square of each value, l2 by field. Found by the field's
 * number in an array, as it is asked for in each row step.
 */
public final class RowPenalty {
  private final float[] l2 = new float[Fids.MAX_FIELD + 1]; // by field number
  private final boolean on;

  /**
   * A penalty.
   *
   * @param others that on rows of fields which are not listed, the bias among them
   */
  public RowPenalty(float others, List<FieldLearning> fields) {
    Arrays.fill(l2, others);
    fields.forEach(field -> l2[field.number()] = field.l2());
    on = others > 0 || fields.stream().anyMatch(field -> field.l2() > 0);
  }

  public boolean isOn() {
    return on;
  }

  /**
   * Adds the penalty's partial derivatives by the n values of a row, {@code values[v …]}, to the
   * gradient.
   */
  public void add(long fid, float[] values, int v, float[] gradient, int g, int n) {
    float factor = l2[Fids.field(fid)];
    for (int i = 0; i < n; i++) {
      gradient[g + i] += factor * values[v + i];
    }
  }
}
