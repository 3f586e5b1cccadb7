package io.freshet.feature;

import static io.freshet.event.Rejection.Kind.BAD_VALUE;
import static io.freshet.event.Rejection.Kind.WRONG_TYPE;

import io.freshet.event.FeatureValues;
import io.freshet.event.FeatureValues.Type;
import io.freshet.event.RejectedException;
import io.freshet.feature.Field.Transform;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;

/** Encodes a number. */
abstract class NumericEncoder extends FieldEncoder {
  private NumericEncoder(Field field, int feature) {
    super(field, feature);
  }

  static NumericEncoder of(Field.Numeric field, int feature) {
    Transform transform = field.transform();
    if (transform instanceof Transform.Buckets buckets) {
      return new Bucketed(field, feature, buckets);
    } else if (transform instanceof Transform.Log) {
      return new Carried(field, feature, x -> Math.signum(x) * Math.log1p(Math.abs(x)));
    } else if (transform instanceof Transform.Standardize s) {
      return new Carried(field, feature, x -> (x - s.mean()) / s.deviation());
    }
    return new Carried(field, feature, x -> x);
  }

  @Override
  final void encodePresent(FeatureValues values, Occurrences to) throws RejectedException {
    int value = only(values);
    Type type = values.type(value);
    if (type != Type.INTEGER && type != Type.DOUBLE) {
      throw rejected(
          WRONG_TYPE, "is a " + type.name().toLowerCase(Locale.ROOT) + "; expected a number");
    }
    encodeNumber(values.number(value), to);
  }

  abstract void encodeNumber(double number, Occurrences to) throws RejectedException;

  /** One id, which carries the transformed number as its value. */
  private static final class Carried extends NumericEncoder {
    private final DoubleUnaryOperator transform;

    Carried(Field field, int feature, DoubleUnaryOperator transform) {
      super(field, feature);
      this.transform = transform;
    }

    @Override
    void encodeNumber(double number, Occurrences to) throws RejectedException {
      float value = (float) transform.applyAsDouble(number);
      if (!Float.isFinite(value)) {
        throw rejected(
            BAD_VALUE, "is " + number + ", which transformed is beyond the range of a float");
      }
      to.add(Fids.number(field.number()), value);
    }
  }

  /** One id for each interval. */
  private static final class Bucketed extends NumericEncoder {
    private final double[] bounds;
    private final long[] fids;

    Bucketed(Field field, int feature, Transform.Buckets buckets) {
      super(field, feature);
      bounds = buckets.bounds().stream().mapToDouble(Double::doubleValue).toArray();
      fids = new long[bounds.length + 1];
      Arrays.setAll(fids, i -> Fids.of(field.number(), ValueHash.of((long) i)));
    }

    @Override
    void encodeNumber(double number, Occurrences to) {
      int found = Arrays.binarySearch(bounds, number + 0.0); // -0.0 sorts below 0.0
      to.add(fids[found >= 0 ? found + 1 : -found - 1], 1);
    }
  }
}
