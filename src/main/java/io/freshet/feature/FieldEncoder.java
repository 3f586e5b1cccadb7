package io.freshet.feature;

import static io.freshet.event.Rejection.Kind.BAD_VALUE;
import static io.freshet.event.Rejection.Kind.WRONG_TYPE;

import io.freshet.event.FeatureValues;
import io.freshet.event.FeatureValues.Type;
import io.freshet.event.RejectedException;
import io.freshet.event.Rejection;
import io.freshet.feature.Field.Transform;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;

/**
 * Encodes one raw feature into the occurrences of its field; a missing one into the field's missing
 * id with value 1.
 */
abstract class FieldEncoder {
  final Field field;
  final int feature;

  FieldEncoder(Field field, int feature) {
    this.field = field;
    this.feature = feature;
  }

  /** The encoder of a field that is no cross; its raw feature has the given number. */
  static FieldEncoder of(Field field, int feature) {
    if (field instanceof Field.Categorical) {
      return new Categorical(field, feature);
    } else if (field instanceof Field.Multi) {
      return new Multi(field, feature);
    } else if (field instanceof Field.Numeric numeric) {
      return of(numeric, numeric.transform(), feature);
    }
    throw new IllegalArgumentException("no raw feature belongs to " + field);
  }

  private static FieldEncoder of(Field.Numeric field, Transform transform, int feature) {
    if (transform instanceof Transform.Buckets buckets) {
      return new Bucketed(field, feature, buckets);
    } else if (transform instanceof Transform.Log) {
      return new Carried(field, feature, x -> Math.signum(x) * Math.log1p(Math.abs(x)));
    } else if (transform instanceof Transform.Standardize s) {
      return new Carried(field, feature, x -> (x - s.mean()) / s.deviation());
    }
    return new Carried(field, feature, x -> x);
  }

  final void encode(FeatureValues values, Occurrences to) throws RejectedException {
    if (values.count(feature) == 0) {
      to.add(Fids.missing(field.number()), 1);
    } else {
      encodePresent(values, to);
    }
  }

  /** Encodes the feature, which has a value. */
  abstract void encodePresent(FeatureValues values, Occurrences to) throws RejectedException;

  /** The index of the feature's only value. */
  final int only(FeatureValues values) throws RejectedException {
    if (values.isList(feature)) {
      throw rejected(WRONG_TYPE, "is a list; expected one value, or kind: multi");
    }
    return values.first(feature);
  }

  /** The feature's only value, as a number. */
  final double number(FeatureValues values) throws RejectedException {
    int value = only(values);
    Type type = values.type(value);
    if (type != Type.INTEGER && type != Type.DOUBLE) {
      throw rejected(
          WRONG_TYPE, "is a " + type.name().toLowerCase(Locale.ROOT) + "; expected a number");
    }
    return values.number(value);
  }

  final RejectedException rejected(Rejection.Kind kind, String fault) {
    return new RejectedException(kind, "features." + field.name() + " " + fault);
  }

  private static final class Categorical extends FieldEncoder {
    Categorical(Field field, int feature) {
      super(field, feature);
    }

    @Override
    void encodePresent(FeatureValues values, Occurrences to) throws RejectedException {
      to.add(Fids.of(field.number(), ValueHash.of(values, only(values))), 1);
    }
  }

  /** A value that is no list counts as a list of one. */
  private static final class Multi extends FieldEncoder {
    Multi(Field field, int feature) {
      super(field, feature);
    }

    @Override
    void encodePresent(FeatureValues values, Occurrences to) {
      int first = values.first(feature);
      int count = values.count(feature);
      for (int value = first; value < first + count; value++) {
        to.add(Fids.of(field.number(), ValueHash.of(values, value)), 1f / count);
      }
    }
  }

  /** One id, which carries the transformed number as its value. */
  private static final class Carried extends FieldEncoder {
    private final DoubleUnaryOperator transform;

    Carried(Field field, int feature, DoubleUnaryOperator transform) {
      super(field, feature);
      this.transform = transform;
    }

    @Override
    void encodePresent(FeatureValues values, Occurrences to) throws RejectedException {
      double number = number(values);
      float value = (float) transform.applyAsDouble(number);
      if (!Float.isFinite(value)) {
        throw rejected(
            BAD_VALUE, "is " + number + ", which transformed is beyond the range of a float");
      }
      to.add(Fids.number(field.number()), value);
    }
  }

  /** One id for each interval. */
  private static final class Bucketed extends FieldEncoder {
    private final double[] bounds;
    private final long[] fids;

    Bucketed(Field field, int feature, Transform.Buckets buckets) {
      super(field, feature);
      bounds = buckets.bounds().stream().mapToDouble(Double::doubleValue).toArray();
      fids = new long[bounds.length + 1];
      Arrays.setAll(fids, i -> Fids.of(field.number(), ValueHash.of((long) i)));
    }

    @Override
    void encodePresent(FeatureValues values, Occurrences to) throws RejectedException {
      int found = Arrays.binarySearch(bounds, number(values) + 0.0); // -0.0 sorts below 0.0
      to.add(fids[found >= 0 ? found + 1 : -found - 1], 1);
    }
  }
}
