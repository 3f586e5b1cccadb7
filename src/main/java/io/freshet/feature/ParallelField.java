package io.freshet.feature;

import static io.freshet.config.option.ValueType.bool;
import static io.freshet.config.option.ValueType.text;
import static io.freshet.event.Rejection.Kind.BAD_VALUE;
import static io.freshet.event.Rejection.Kind.WRONG_TYPE;
import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.freshet.config.option.Section;
import io.freshet.event.FeatureNames;
import io.freshet.event.FeatureValues;
import io.freshet.event.FeatureValues.Type;
import io.freshet.event.RejectedException;
import io.freshet.event.parse.NumberText;
import io.freshet.feature.FieldKinds.FieldKind;
import java.util.List;
import java.util.function.Consumer;

/**
 * A list that runs along a sequence: what else is known of each of its values, such as the action,
 * a category, or how long ago it was. It is pooled as the sequence is. Where that attends to a
 * target, the two are weighed together: by the sum of their embeddings, position by position.
 *
 * @param along name of the sequence
 * @param of name of the field whose rows its values have; empty for rows of its own
 * @param target name of the field whose embedding is added to the sequence's target; empty for none
 * @param log whether its values are numbers, each of which stands for its power of two
 */
public record ParallelField(
    String name,
    int number,
    String along,
    @JsonInclude(Include.NON_EMPTY) String of,
    @JsonInclude(Include.NON_EMPTY) String target,
    @JsonInclude(Include.NON_DEFAULT) boolean log)
    implements Field {
  static final FieldKind KIND =
      new FieldKind(
          "parallel",
          "A list that runs along a sequence, pooled as it is.",
          ParallelField.class,
          ParallelField::read);

  public ParallelField {
    requireNonNull(name, "name");
    requireNonNull(along, "along");
    of = requireNonNullElse(of, "");
    target = requireNonNullElse(target, "");
  }

  private static ParallelField read(String name, int number, Section s) {
    return new ParallelField(
        name,
        number,
        s.option("along", "Sequence for each of whose values it has one, in the same order.")
            .require(text())
            .orElse(""),
        s.option("of", "Field whose rows its values have; by default they have rows of their own.")
            .find(text())
            .orElse(""),
        s.option(
                "target",
                "Field whose embedding is added to the target's where the sequence attends.")
            .find(text())
            .orElse(""),
        s.option(
                "log",
                "Whether its values are numbers that count by their power of two, as for the time"
                    + " since.")
            .get(bool(), false));
  }

  @Override
  public String shares() {
    return of;
  }

  @Override
  public String sharesKey() {
    return "of";
  }

  @Override
  public boolean namesValues() {
    return !log;
  }

  @Override
  public boolean takesList() {
    return true;
  }

  @Override
  public String stateText() {
    return name + ", parallel" + (log ? ", powers of two" : "") + sharing();
  }

  @Override
  public String describe() {
    return "parallel to " + along + sharing();
  }

  @Override
  public void check(String place, List<Field> fields, Consumer<String> problems) {
    if (fields.stream().noneMatch(f -> f.name().equals(along) && f instanceof SequenceField)) {
      problems.accept(
          place
              + ".along: %s is no sequence; expected one of %s"
                  .formatted(
                      along,
                      fields.stream()
                          .filter(SequenceField.class::isInstance)
                          .map(Field::name)
                          .toList()));
    }
    if (!target.isEmpty()
        && fields.stream().noneMatch(f -> f.name().equals(target) && SequenceField.isTarget(f))) {
      problems.accept(place + ".target: " + target + " is no categorical or multi field");
    }
  }

  /** The floor of the logarithm to base 2 of 1 + |x|, with the sign of x. */
  static long power(double x) {
    long power = Math.getExponent(1 + Math.abs(x));
    return x < 0 ? -power : power;
  }

  @Override
  public FieldEncoder encoder(FeatureNames names) {
    throw new IllegalStateException("the sequence along which it runs is not known to " + this);
  }

  /** The encoder next to the sequence's. */
  FieldEncoder encoder(FeatureSchema schema, FeatureNames names) {
    return new Encoder(this, (SequenceField) schema.field(along).orElseThrow(), names);
  }

  private static final class Encoder extends FieldEncoder {
    private final ParallelField parallel;
    private final int sequence; // its raw feature
    private final int most;

    Encoder(ParallelField parallel, SequenceField along, FeatureNames names) {
      super(parallel, names);
      this.parallel = parallel;
      sequence = names.indexOf(along.name());
      most = along.most();
    }

    @Override
    void encodePresent(FeatureValues values, Occurrences to) throws RejectedException {
      if (values.count(feature) != values.count(sequence)) {
        throw rejected(
            BAD_VALUE,
            "holds %s values, and %s %s; expected one for each"
                .formatted(values.count(feature), parallel.along, values.count(sequence)));
      }
      int first = values.first(feature);
      int count = Math.min(values.count(feature), most);
      for (int i = 0; i < count; i++) {
        to.add(Fids.of(parallel.number, hash(values, first + i, i)), 1f / count);
      }
    }

    private long hash(FeatureValues values, int at, int i) throws RejectedException {
      if (!parallel.log) {
        return ValueHash.of(values, at);
      }
      boolean isText = values.type(at) == Type.STRING;
      double number = isText ? NumberText.parse(values.text(at)) : values.number(at);
      if (Double.isNaN(number)) {
        throw rejected(
            WRONG_TYPE, "holds what is no number at [" + i + "]; expected a list of numbers");
      }
      return ValueHash.of(power(number));
    }
  }
}
