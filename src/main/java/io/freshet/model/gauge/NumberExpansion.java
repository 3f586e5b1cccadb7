package io.freshet.model.gauge;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.Field;
import io.freshet.feature.NumericField;
import io.freshet.feature.example.Example;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Turns the numbers of an example into what the model computes with.
 *
 * <p>A number of standardized value z becomes three occurrences of its field: its one row, with
 * value z; and the two knots that z lies between, of 8 at equal steps from -2.5 to 2.5, with the
 * shares by which z is near them. The knots' rows make a piecewise linear function of z, which can
 * be a threshold or a hump.
 */
public final class NumberExpansion {
  static final int KNOTS = 8;
  static final double REACH = 2.5;

  private final List<NumericField> fields = new ArrayList<>();
  private final int[] numbers = new int[Fids.MAX_FIELD + 1]; // by field number: its index, or -1

  /** The standardized value of a number of the i-th numeric field. */
  interface Standardizer {
    double standardize(int i, double number);
  }

  NumberExpansion(FeatureSchema schema) {
    Arrays.fill(numbers, -1);
    for (Field field : schema.fields()) {
      if (field.carriesNumber() && field instanceof NumericField numeric) {
        numbers[field.number()] = fields.size();
        fields.add(numeric);
      }
    }
  }

  /** The fields that carry numbers, in the schema's order. */
  List<NumericField> fields() {
    return fields;
  }

  Example expand(Example example, Standardizer standardizer) {
    int count = count(example);
    if (count == 0) {
      return example;
    }
    long[] fids = new long[example.occurrences() + 2 * count];
    float[] values = new float[fids.length];
    int to = 0;
    for (int i = 0; i < example.occurrences(); i++) {
      long fid = example.fids()[i];
      float value = example.values()[i];
      fids[to] = fid;
      values[to++] = value;
      if (isNumber(fid)) {
        int field = Fids.field(fid);
        double z = standardizer.standardize(numbers[field], value);
        double place = (NumberScale.clip(z, REACH) + REACH) / (2 * REACH) * (KNOTS - 1);
        int knot = Math.min((int) place, KNOTS - 2); // 0 of NaN
        values[to - 1] = (float) z;
        fids[to] = Fids.knot(field, knot);
        values[to++] = (float) (1 - (place - knot));
        fids[to] = Fids.knot(field, knot + 1);
        values[to++] = (float) (place - knot);
      }
    }
    return new Example(example.user(), fids, values);
  }

  /** As models without standardization have it: a number as its transform makes it. */
  Example transform(Example example) {
    if (count(example) == 0) {
      return example;
    }
    float[] values = example.values().clone();
    for (int i = 0; i < values.length; i++) {
      long fid = example.fids()[i];
      if (isNumber(fid) && fields.get(numbers[Fids.field(fid)]).scale() == NumericField.Scale.LOG) {
        values[i] = (float) NumberScale.log(values[i]);
      }
    }
    return new Example(example.user(), example.fids(), values);
  }

  private int count(Example example) {
    int count = 0;
    for (int i = 0; !fields.isEmpty() && i < example.occurrences(); i++) {
      count += isNumber(example.fids()[i]) ? 1 : 0;
    }
    return count;
  }

  private boolean isNumber(long fid) {
    return Fids.isNumber(fid) && numbers[Fids.field(fid)] >= 0;
  }
}
