package io.freshet.feature;

import static io.freshet.config.option.ValueType.bool;
import static io.freshet.config.option.ValueType.text;
import static io.freshet.config.option.ValueType.wholeNumber;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.freshet.config.option.Kind;
import io.freshet.config.option.Section;
import io.freshet.event.FeatureNames;
import io.freshet.event.FeatureValues;
import java.io.Serializable;
import java.util.List;
import java.util.function.Consumer;

/**
 * The last values that another field had for the same user, newest first: with that field's rows,
 * pooled to one embedding. A value that is no list is a list of one.
 *
 * @param of name of the field whose values they are
 * @param length how many count at most, from the newest on
 * @param attention by which they are pooled; null where they are pooled otherwise
 */
public record SequenceField(
    String name,
    int number,
    String of,
    int length,
    Pooling pooling,
    @JsonInclude(Include.NON_NULL) Attention attention)
    implements Field {
  private static final int MAX_LENGTH = 1000;

  static final FieldKind KIND =
      new FieldKind(
          "sequence",
          "The last values that another field had, newest first, pooled.",
          SequenceField.class,
          SequenceField::read);

  /**
   * How values are weighed by what they have to do with a target.
   *
   * @param target name of the field whose embedding they are compared with
   * @param units of the hidden layer of DIN's activation unit; 0 for a scaled dot product
   */
  public record Attention(String target, int units, boolean softmax) implements Serializable {}

  /** What one embedding is made of those of the values. */
  public enum Pooling {
    /** Their sum, weighed by attention to a target. */
    ATTENTION,
    /** Their mean. */
    MEAN,
    /** The newest one's. */
    LAST
  }

  public SequenceField {
    requireNonNull(name, "name");
    requireNonNull(of, "of");
    requireNonNull(pooling, "pooling");
    if (pooling == Pooling.ATTENTION) {
      requireNonNull(attention, "attention");
    }
  }

  /** A field without attention. */
  public SequenceField(String name, int number, String of, int length, Pooling pooling) {
    this(name, number, of, length, pooling, null);
  }

  /** Whether its values attend to a target. */
  public boolean attends() {
    return attention != null;
  }

  private static SequenceField read(String name, int number, Section s) {
    String of =
        s.option(
                "of", "Categorical or multi field whose values they are, and whose rows they have.")
            .require(text())
            .orElse("");
    int length =
        s.option("length", "How many values count at most, from the newest on.")
            .get(wholeNumber(1, MAX_LENGTH), 50);
    List<Kind<SequenceField>> poolings =
        List.of(
            new Kind<>(
                "mean",
                "The mean of their embeddings.",
                k -> new SequenceField(name, number, of, length, Pooling.MEAN)),
            new Kind<>(
                "last",
                "The embedding of the newest.",
                k -> new SequenceField(name, number, of, length, Pooling.LAST)),
            new Kind<>(
                "attention",
                "Their sum, weighed by what they have to do with a target.",
                k ->
                    new SequenceField(
                        name, number, of, length, Pooling.ATTENTION, attention(of, k))));
    return s.kind("pooling", poolings, "mean", "What one embedding is made of the values'.");
  }

  private static Attention attention(String of, Section s) {
    String target =
        s.option("target", "Field whose embedding they are compared with; `of` by default.")
            .derived(text(), of);
    List<Kind<Integer>> scores =
        List.of(
            new Kind<>(
                "din",
                "DIN's activation unit: a hidden layer.",
                k -> k.option("units", "Units of the hidden layer.").get(wholeNumber(1, 512), 36)),
            new Kind<>("dot", "Scaled dot product.", k -> 0));
    int units = s.kind("score", scores, "din", "How they are compared.");
    boolean softmax =
        s.option(
                "softmax",
                "Whether the weights of a sequence add up to 1; by default as in the papers, false"
                    + " for din and true for dot.")
            .derived(bool(), units == 0);
    return new Attention(target, units, softmax);
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
    if (attends()
        && fields.stream().noneMatch(f -> f.name().equals(attention.target) && isTarget(f))) {
      problems.accept(
          place
              + ".target: %s is no categorical or multi field; expected one of %s"
                  .formatted(
                      attention.target,
                      fields.stream().filter(SequenceField::isTarget).map(Field::name).toList()));
    }
  }

  static boolean isTarget(Field field) {
    return field.namesValues() && !(field instanceof SequenceField);
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
