package io.freshet.model.gauge;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.Field;
import io.freshet.feature.NumericField;
import io.freshet.feature.NumericField.Scale;
import io.freshet.feature.VectorField;
import io.freshet.feature.example.Example;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Turns the numbers of an example into what the model computes with. Numbers are counted through,
 * in the schema's order: one of a numeric field, one of each component of a vector field.
 *
 * <p>A number of standardized value z becomes three occurrences of its field: its one row, with
 * value z; and the two knots that z lies between, of 8 at equal steps from -2.5 to 2.5, with the
 * shares by which z is near them. The knots' rows make a piecewise linear function of z, which can
 * be a threshold or a hump.
 *
 * <p>A component of a vector of n stays one occurrence, with the value z / √n: so a vector is about
 * as long as the one occurrence of a categorical field.
 */
public final class NumberExpansion {
  static final int KNOTS = 8;
  static final double REACH = 2.5;

  private final List<Field> fields = new ArrayList<>();
  private final List<Long> fids = new ArrayList<>(); // of each number
  private final List<Scale> scales = new ArrayList<>(); // of each number
  private final int[] firsts = new int[Fids.MAX_FIELD + 1]; // number of each field, or -1
  private final float[] vectors = new float[Fids.MAX_FIELD + 1]; // factor, of a vector field; or 0
  private boolean hasVectors;

  /** The standardized value of the i-th number. */
  interface Standardizer {
    double standardize(int i, double number);
  }

  NumberExpansion(FeatureSchema schema) {
    Arrays.fill(firsts, -1);
    for (Field field : schema.fields()) {
      if (field.carriesNumber()) {
        firsts[field.number()] = fids.size();
        fields.add(field);
        add(field);
      }
    }
  }

  private void add(Field field) {
    if (field instanceof VectorField vector) {
      hasVectors = true;
      vectors[field.number()] = vector.scale();
      for (int i = 0; i < vector.size(); i++) {
        fids.add(Fids.component(field.number(), i));
        scales.add(Scale.RAW);
      }
    } else if (field instanceof NumericField numeric) {
      fids.add(Fids.number(field.number()));
      scales.add(numeric.scale());
    }
  }

  /** The fields that carry numbers, in the schema's order. */
  List<Field> fields() {
    return fields;
  }

  /** The id of each number. */
  List<Long> fids() {
    return fids;
  }

  /** What the i-th number is standardized on. */
  Scale scale(int i) {
    return scales.get(i);
  }

  Example expand(Example example, Standardizer standardizer) {
    int count = count(example);
    if (count == 0 && !hasVectors) {
      return example;
    }
    long[] fids = new long[example.occurrences() + 2 * count];
    float[] values = new float[fids.length];
    int to = 0;
    for (int i = 0; i < example.occurrences(); i++) {
      long fid = example.fids()[i];
      float value = example.values()[i];
      int field = Fids.field(fid);
      fids[to] = fid;
      values[to++] = value;
      if (isNumber(fid)) {
        double z = standardizer.standardize(firsts[field], value);
        double place = (NumberScale.clip(z, REACH) + REACH) / (2 * REACH) * (KNOTS - 1);
        int knot = Math.min((int) place, KNOTS - 2); // 0 of NaN
        values[to - 1] = (float) z;
        fids[to] = Fids.knot(field, knot);
        values[to++] = (float) (1 - (place - knot));
        fids[to] = Fids.knot(field, knot + 1);
        values[to++] = (float) (place - knot);
      } else if (isComponent(fid)) {
        double z = standardizer.standardize(firsts[field] + Fids.component(fid), value);
        values[to - 1] = (float) (vectors[field] * z);
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
      if (isNumber(fid) && scale(firsts[Fids.field(fid)]) == Scale.LOG) {
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
    return Fids.isNumber(fid) && firsts[Fids.field(fid)] >= 0;
  }

  private boolean isComponent(long fid) {
    return vectors[Fids.field(fid)] > 0 && Fids.component(fid) >= 0;
  }
}
