package io.freshet.feature;

import static io.freshet.config.option.ValueType.oneOf;
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
import io.freshet.feature.FieldKinds.FieldKind;
import java.util.List;
import java.util.function.Consumer;

/**
 * Several values, each with a weight, which is 1 where none is given: a list, or an object from
 * values to weights. A value that is neither is a list of one.
 *
 * <p>The value of weight w counts w times, divided by what the {@link Combiner} says. One of weight
 * 0 is as if absent.
 *
 * @param weights name of the raw feature that holds the weights of a list; empty for none
 */
public record MultiField(
    String name,
    int number,
    @JsonInclude(value = Include.CUSTOM, valueFilter = Combiner.Usual.class) Combiner combiner,
    @JsonInclude(Include.NON_EMPTY) String weights,
    @JsonInclude(Include.NON_EMPTY) String shares)
    implements Field {
  static final FieldKind KIND =
      new FieldKind(
          "multi", "Several values, with weights or without.", MultiField.class, MultiField::read);

  public MultiField {
    requireNonNull(name, "name");
    combiner = requireNonNullElse(combiner, Combiner.MEAN);
    weights = requireNonNullElse(weights, "");
    shares = requireNonNullElse(shares, "");
  }

  /** The mean of a list. */
  public MultiField(String name, int number) {
    this(name, number, "");
  }

  /** The mean of a list, with the rows of another field. */
  public MultiField(String name, int number, String shares) {
    this(name, number, Combiner.MEAN, "", shares);
  }

  /** A field with rows of its own. */
  public MultiField(String name, int number, Combiner combiner, String weights) {
    this(name, number, combiner, weights, "");
  }

  private static MultiField read(String name, int number, Section s) {
    return new MultiField(
        name,
        number,
        s.option(
                "combiner",
                "What the sum of weight times row is divided by: the sum of the weights' magnitudes"
                    + " (mean), 1 (sum), or the root of the sum of their squares (sqrtn).")
            .get(oneOf(Combiner.class), Combiner.MEAN),
        s.option(
                "weights",
                "Name of the feature of events that holds the weights, a list of numbers as long as"
                    + " that of the values. An object from values to weights needs none.")
            .find(text())
            .orElse(""),
        FeatureOptions.shares(s));
  }

  @Override
  public boolean namesValues() {
    return true;
  }

  @Override
  public void check(String place, List<Field> fields, Consumer<String> problems) {
    if (weights.equals(name)) {
      problems.accept(place + ".weights: names the field itself; expected another feature");
    }
  }

  @Override
  public boolean takesList() {
    return true;
  }

  @Override
  public boolean takesWeights() {
    return true;
  }

  @Override
  public List<String> rawNames() {
    return weights.isEmpty() ? List.of(name) : List.of(name, weights);
  }

  @Override
  public String describe() {
    return Field.super.describe() + combined();
  }

  @Override
  public String stateText() {
    return name + ", multi" + combined() + sharing();
  }

  private String combined() {
    return switch (combiner) {
      case MEAN -> "";
      case SUM -> ", sum";
      case SQRTN -> ", sqrtn";
    };
  }

  @Override
  public FieldEncoder encoder(FeatureNames names) {
    return new Encoder(this, names);
  }

  /** What a weighted sum is divided by. */
  public enum Combiner {
    /** Σ |w|. */
    MEAN,
    /** 1. */
    SUM,
    /** √ Σ w². */
    SQRTN;

    private double norm(double[] weights, int count) {
      double sum = 0;
      for (int i = 0; i < count; i++) {
        sum += this == SQRTN ? weights[i] * weights[i] : Math.abs(weights[i]);
      }
      return switch (this) {
        case MEAN -> sum;
        case SUM -> 1;
        case SQRTN -> Math.sqrt(sum);
      };
    }

    /** Equals the combiner that JSON leaves out. */
    static final class Usual {
      @Override
      public boolean equals(Object other) {
        return other == MEAN;
      }

      @Override
      public int hashCode() {
        return 0;
      }
    }
  }

  private static final class Encoder extends FieldEncoder {
    private final MultiField multi;
    private final int others; // the raw feature of the weights; -1 for none
    private double[] weights = new double[16];

    Encoder(MultiField multi, FeatureNames names) {
      super(multi, names);
      this.multi = multi;
      others = names.indexOf(multi.weights);
    }

    @Override
    void encodeMissing(FeatureValues values, Occurrences to) throws RejectedException {
      readWeights(values, 0, 0);
      super.encodeMissing(values, to);
    }

    @Override
    void encodePresent(FeatureValues values, Occurrences to) throws RejectedException {
      int first = values.first(feature);
      int count = values.count(feature);
      readWeights(values, first, count);
      double norm = multi.combiner.norm(weights, count);
      int before = to.size();
      for (int i = 0; i < count; i++) {
        if (weights[i] != 0) {
          long fid = Fids.of(multi.number, ValueHash.of(values, first + i));
          to.add(fid, (float) (weights[i] / norm));
        }
      }
      if (to.size() == before) {
        to.add(Fids.missing(multi.number), 1);
      }
    }

    private void readWeights(FeatureValues values, int first, int count) throws RejectedException {
      if (weights.length < count) {
        weights = new double[2 * count];
      }
      boolean isGiven = others >= 0 && values.count(others) > 0;
      if (isGiven && values.isWeighted(feature)) {
        throw rejected(BAD_VALUE, "holds weights of its own; expected no " + multi.weights);
      }
      if (isGiven && values.count(others) != count) {
        throw rejected(
            BAD_VALUE,
            "holds %s values, and %s %s weights; expected one of each"
                .formatted(count, multi.weights, values.count(others)));
      }
      for (int i = 0; i < count; i++) {
        weights[i] =
            isGiven
                ? weight(values, values.first(others) + i)
                : values.isWeighted(feature) ? values.number(first + i) : 1;
      }
    }

    private double weight(FeatureValues values, int at) throws RejectedException {
      if (values.type(at) == Type.STRING || values.type(at) == Type.BOOLEAN) {
        throw new RejectedException(
            WRONG_TYPE,
            "features.%s holds what is no number; expected the weights of %s"
                .formatted(multi.weights, multi.name));
      }
      return values.number(at);
    }
  }
}
