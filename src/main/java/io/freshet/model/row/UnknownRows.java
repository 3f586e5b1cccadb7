package io.freshet.model.row;

import static java.util.stream.Collectors.toSet;

import io.freshet.feature.Fids;
import java.util.Collection;
import java.util.Set;
import java.util.stream.IntStream;

/** What a feature without a row counts as in a prediction, by its field. */
public final class UnknownRows {
  /** The row it would start with in training: predicts as the trainer does. */
  public static final UnknownRows START = new UnknownRows(Set.of());

  /** Nothing: w and v are 0. */
  public static final UnknownRows ZERO =
      new UnknownRows(IntStream.rangeClosed(0, Fids.MAX_FIELD).boxed().collect(toSet()));

  private final boolean[] isZero = new boolean[Fids.MAX_FIELD + 1]; // by field number

  private UnknownRows(Collection<Integer> zeroFields) {
    zeroFields.forEach(field -> isZero[field] = true);
  }

  /** Nothing in the fields of these numbers, the row that training starts with in others. */
  public static UnknownRows zeroIn(Collection<Integer> fields) {
    return fields.isEmpty() ? START : new UnknownRows(fields);
  }

  public boolean isZero(long fid) {
    return isZero[Fids.field(fid)];
  }
}
