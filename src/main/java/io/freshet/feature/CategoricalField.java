package io.freshet.feature;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.freshet.event.FeatureNames;
import io.freshet.event.FeatureValues;
import io.freshet.event.RejectedException;
import io.freshet.feature.FieldKinds.FieldKind;

/** One id for each distinct value. */
public record CategoricalField(
    String name, int number, @JsonInclude(Include.NON_EMPTY) String shares) implements Field {
  static final FieldKind KIND =
      new FieldKind(
          "categorical",
          "An id for each value.",
          CategoricalField.class,
          (name, number, s) -> new CategoricalField(name, number, FeatureOptions.shares(s)));

  public CategoricalField {
    requireNonNull(name, "name");
    shares = requireNonNullElse(shares, "");
  }

  /** A field with rows of its own. */
  public CategoricalField(String name, int number) {
    this(name, number, "");
  }

  @Override
  public boolean namesValues() {
    return true;
  }

  @Override
  public String stateText() {
    return name + ", categorical" + sharing();
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
