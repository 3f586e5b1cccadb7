package io.freshet.feature.example;

import static java.util.Objects.requireNonNull;

import io.freshet.feature.Fids;

/**
 * An impression as the model sees it: feature occurrences, without a label.
 *
 * <p>Occurrence j contributes {@code values[j]} times the row of {@code fids[j]} to its field: 1
 * for a categorical value, 1/n for each of the n values of a mean-pooled field, the transformed
 * number for a numeric one. Every field of the schema has at least one occurrence (an explicit id
 * means "missing"), and {@link Fids#BIAS} occurs once, first. Occurrences of one field are
 * adjacent, in the schema's order.
 *
 * <p>The arrays belong to the example and must not be written to.
 *
 * @param user hash of the user field: examples of one user are learned one after the other
 * @param values one for each of {@code fids}
 */
public record Example(long user, long[] fids, float[] values) {

  public Example {
    requireNonNull(fids, "fids");
    requireNonNull(values, "values");
    if (fids.length != values.length) {
      throw new IllegalArgumentException(fids.length + " fids but " + values.length + " values");
    }
  }

  /** Number of feature occurrences, the bias included. */
  public int occurrences() {
    return fids.length;
  }
}
