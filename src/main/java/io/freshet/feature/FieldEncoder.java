package io.freshet.feature;

import static io.freshet.event.Rejection.Kind.WRONG_TYPE;

import io.freshet.event.FeatureNames;
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

  FieldEncoder(Field field, FeatureNames names) {
    this.field = field;
    feature = names.indexOf(field.name());
  }

  final void encode(FeatureValues values, Occurrences to) throws RejectedException {
    if (values.count(feature) == 0) {
      encodeMissing(values, to);
    } else {
      encodePresent(values, to);
    }
  }

  /** Encodes that the feature has no value. */
  void encodeMissing(FeatureValues values, Occurrences to) throws RejectedException {
    to.add(Fids.missing(field.number()), 1);
  }

  /** Encodes the feature, which has a value. */
  abstract void encodePresent(FeatureValues values, Occurrences to) throws RejectedException;

  /** The index of the feature's only value. */
  final int only(FeatureValues values) throws RejectedException {
    if (values.isWeighted(feature)) {
      throw rejected(WRONG_TYPE, "is an object of weights; expected one value, or kind: multi");
    }
    if (values.isList(feature)) {
      throw rejected(WRONG_TYPE, "is a list; expected one value, or kind: multi");
    }
    return values.first(feature);
  }

  final RejectedException rejected(Rejection.Kind kind, String fault) {
    return new RejectedException(kind, "features." + field.name() + " " + fault);
  }
}
