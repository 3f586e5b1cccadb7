package io.freshet.feature;

import static java.util.Objects.requireNonNull;

import io.freshet.event.FeatureNames;
import io.freshet.event.FeatureValues;
import io.freshet.event.RejectedException;

/** One id for each distinct value. */
public record CategoricalField(String name, int number) implements Field {
  static final FieldKind KIND =
      new FieldKind(
          "categorical",
          "An id for each value.",
          CategoricalField.class,
          (name, number, s) -> new CategoricalField(name, number));

  public CategoricalField {
    requireNonNull(name, "name");
  }

  @Override
  public boolean namesValues() {
    return true;
  }

  @Override
  public String stateText() {
    return name + ", categorical";
  }

  @Override
  public FieldEncoder encoder(FeatureNames names) {
    return new FieldEncoder(this, names) {
      @Override
      void encodePresent(FeatureValues values, Occurrences to) throws RejectedException {
        to.add(Fids.of(number, ValueHash.of(values, only(values))), 1);
      }
    };
  }
}
