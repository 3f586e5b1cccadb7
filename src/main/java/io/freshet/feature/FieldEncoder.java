package io.freshet.feature;

import static io.freshet.event.Rejection.Kind.WRONG_TYPE;

import io.freshet.event.FeatureValues;
import io.freshet.event.RejectedException;
import io.freshet.event.Rejection;

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
      return NumericEncoder.of(numeric, feature);
    }
    throw new IllegalArgumentException("no raw feature belongs to " + field);
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
}
