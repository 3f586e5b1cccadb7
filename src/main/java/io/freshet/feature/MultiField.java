package io.freshet.feature;

import static java.util.Objects.requireNonNull;

import io.freshet.event.FeatureValues;

/**
 * Several values, mean-pooled: n values count 1/n each. A value that is no list is a list of one.
 */
public record MultiField(String name, int number) implements Field {
  static final FieldKind KIND =
      new FieldKind(
          "multi",
          "Several values, mean-pooled.",
          MultiField.class,
          (name, number, s) -> new MultiField(name, number));

  public MultiField {
    requireNonNull(name, "name");
  }

  @Override
  public boolean namesValues() {
    return true;
  }

  @Override
  public String stateText() {
    return name + ", multi";
  }

  @Override
  public FieldEncoder encoder(int feature) {
    return new FieldEncoder(this, feature) {
      @Override
      void encodePresent(FeatureValues values, Occurrences to) {
        int first = values.first(feature);
        int count = values.count(feature);
        for (int value = first; value < first + count; value++) {
          to.add(Fids.of(number, ValueHash.of(values, value)), 1f / count);
        }
      }
    };
  }
}
