package io.freshet.feature;

import static io.freshet.config.option.ValueType.oneOf;
import static io.freshet.config.option.ValueType.text;
import static io.freshet.config.option.ValueType.wholeNumber;
import static java.util.Objects.requireNonNull;

import io.freshet.config.option.Section;
import io.freshet.event.FeatureNames;
import io.freshet.event.FeatureValues;
import java.util.List;
import java.util.function.Consumer;

/**
 * The last values that another field had for the same user, newest first: with that field's rows,
 * pooled to one embedding. A value that is no list is a list of one.
 *
 * @param of name of the field whose values they are
 * @param length how many count at most, from the newest on
 */
public record SequenceField(String name, int number, String of, int length, Pooling pooling)
    implements Field {
  private static final int MAX_LENGTH = 1000;

  static final FieldKind KIND =
      new FieldKind(
          "sequence",
          "The last values that another field had, newest first, pooled.",
          SequenceField.class,
          SequenceField::read);

  /** What one embedding is made of those of the values. */
  public enum Pooling {
    /** Their mean. */
    MEAN,
    /** The newest one's. */
    LAST
  }

  public SequenceField {
    requireNonNull(name, "name");
    requireNonNull(of, "of");
    requireNonNull(pooling, "pooling");
  }

  private static SequenceField read(String name, int number, Section s) {
    return new SequenceField(
        name,
        number,
        s.option(
                "of", "Categorical or multi field whose values they are, and whose rows they have.")
            .require(text())
            .orElse(""),
        s.option("length", "How many values count at most, from the newest on.")
            .get(wholeNumber(1, MAX_LENGTH), 50),
        s.option("pooling", "What the embedding is: the mean of the values', or that of the last.")
            .get(oneOf(Pooling.class), Pooling.MEAN));
  }

  @Override
  public String shares() {
    return of;
  }

  @Override
  public boolean namesValues() {
    return true;
  }

  @Override
  public boolean takesList() {
    return true;
  }

  @Override
  public String stateText() {
    return name + ", sequence of " + of;
  }

  @Override
  public String describe() {
    return "sequence of " + of;
  }

  @Override
  public void check(String place, List<Field> fields, Consumer<String> problems) {
    if (length < 1) {
      problems.accept(place + ".length: " + length + "; expected at least 1");
    }
  }

  @Override
  public FieldEncoder encoder(FeatureNames names) {
    return new FieldEncoder(this, names) {
      @Override
      void encodePresent(FeatureValues values, Occurrences to) {
        int first = values.first(feature);
        int most = pooling == Pooling.LAST ? 1 : length;
        int count = Math.min(values.count(feature), most);
        for (int value = first; value < first + count; value++) {
          to.add(Fids.of(number, ValueHash.of(values, value)), 1f / count);
        }
      }
    };
  }
}
