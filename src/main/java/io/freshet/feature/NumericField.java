package io.freshet.feature;

import static io.freshet.config.option.ValueType.anyNumber;
import static io.freshet.config.option.ValueType.positiveNumber;
import static io.freshet.event.Rejection.Kind.BAD_VALUE;
import static io.freshet.event.Rejection.Kind.WRONG_TYPE;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.freshet.config.option.Kind;
import io.freshet.config.option.Section;
import io.freshet.event.FeatureNames;
import io.freshet.event.FeatureValues;
import io.freshet.event.FeatureValues.Type;
import io.freshet.event.FeatureValuesBuilder;
import io.freshet.event.RejectedException;
import io.freshet.event.parse.NumberText;
import io.freshet.feature.FieldKinds.FieldKind;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;

/** A number. */
public record NumericField(String name, int number, Transform transform) implements Field {
  static final FieldKind KIND =
      new FieldKind(
          "numeric",
          "A number; as text too, as in \"2.5\", and a boolean as 1 or 0.",
          NumericField.class,
          (name, number, s) -> new NumericField(name, number, Transform.read(s)));

  public NumericField {
    requireNonNull(name, "name");
    requireNonNull(transform, "transform");
  }

  @Override
  public int numbers() {
    return transform instanceof Transform.Buckets ? 0 : 1;
  }

  @Override
  public Object rawValue(String text) {
    double number = NumberText.parse(text);
    if (Double.isNaN(number)) {
      throw new NumberFormatException(text);
    }
    return number;
  }

  @Override
  public String stateText() {
    return name + ", numeric, transform " + transform.stateText();
  }

  @Override
  public void check(String place, List<Field> fields, Consumer<String> problems) {
    transform.check(place, problems);
  }

  /** What the number is measured and standardized on; nothing where it names an interval. */
  public Scale scale() {
    return transform.scale();
  }

  @Override
  public FieldEncoder encoder(FeatureNames names) {
    return transform instanceof Transform.Buckets buckets
        ? new BucketEncoder(this, names, buckets)
        : new NumberEncoder(this, names, transform.function());
  }

  /** What a number is standardized on. */
  public enum Scale {
    /** The number or its logarithm, whichever is distributed more evenly. */
    AUTO,
    RAW,
    /** sign(x) ln(1 + |x|). */
    LOG
  }

  /**
   * What happens to a number on its way to the model. Every transform but {@link Buckets} is
   * followed by standardization, by moments that the learner measures.
   */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes({
    @JsonSubTypes.Type(name = "auto", value = Transform.Auto.class),
    @JsonSubTypes.Type(name = "identity", value = Transform.Identity.class),
    @JsonSubTypes.Type(name = "log", value = Transform.Log.class),
    @JsonSubTypes.Type(name = "standardize", value = Transform.Standardize.class),
    @JsonSubTypes.Type(name = "buckets", value = Transform.Buckets.class)
  })
  public sealed interface Transform extends Serializable {
    private static Transform read(Section field) {
      List<Kind<Transform>> kinds =
          List.of(
              new Kind<>(
                  "auto",
                  "x or sign(x) ln(1 + |x|), whichever is distributed more evenly, standardized.",
                  s -> new Auto()),
              new Kind<>("none", "x, standardized.", s -> new Identity()),
              new Kind<>("log", "sign(x) ln(1 + |x|), standardized.", s -> new Log()),
              new Kind<>(
                  "standardize",
                  "(x - mean) / deviation, standardized again as its moments are measured.",
                  Standardize::read),
              new Kind<>(
                  "buckets", "The interval that holds x, as a categorical value.", Buckets::read));
      return field.kind("transform", kinds, "auto", "What happens to the number.");
    }

    /** As text that is kept in state: it never changes. */
    String stateText();

    /** From the event's number to the one that is measured. */
    default DoubleUnaryOperator function() {
      return x -> x;
    }

    default Scale scale() {
      return Scale.RAW;
    }

    /** Reports what is wrong with it, in the field at a place as {@code features[2]}. */
    default void check(String place, Consumer<String> problems) {}

    /** x or sign(x) ln(1 + |x|). */
    record Auto() implements Transform {
      @Override
      public Scale scale() {
        return Scale.AUTO;
      }

      @Override
      public String stateText() {
        return "auto";
      }
    }

    /** x. */
    record Identity() implements Transform {
      @Override
      public String stateText() {
        return "none";
      }
    }

    /** sign(x) ln(1 + |x|). */
    record Log() implements Transform {
      @Override
      public Scale scale() {
        return Scale.LOG;
      }

      @Override
      public String stateText() {
        return "log";
      }
    }

    /** (x - mean) / deviation. */
    record Standardize(double mean, double deviation) implements Transform {
      private static Transform read(Section s) {
        return new Standardize(
            s.option("mean", "Subtracted from the number.").require(anyNumber()).orElse(0.0),
            s.option("deviation", "Divides the difference.").require(positiveNumber()).orElse(1.0));
      }

      @Override
      public DoubleUnaryOperator function() {
        return x -> (x - mean) / deviation;
      }

      @Override
      public String stateText() {
        return "standardize by mean %s, deviation %s".formatted(mean, deviation);
      }

      @Override
      public void check(String place, Consumer<String> problems) {
        if (!Double.isFinite(mean)) {
          problems.accept(place + ".mean: " + mean + " is not finite");
        }
        if (!(deviation > 0) || deviation == Double.POSITIVE_INFINITY) {
          problems.accept(
              place + ".deviation: " + deviation + "; expected a finite number above 0");
        }
      }
    }

    /** The number of bounds that are not above x, as a categorical value; bounds ascend. */
    record Buckets(List<Double> bounds) implements Transform {
      public Buckets {
        bounds = List.copyOf(bounds);
      }

      private static Transform read(Section s) {
        List<Double> bounds =
            s.option("bounds", "Ends of the intervals, ascending.").requireList(anyNumber(), 1);
        for (int i = 1; i < bounds.size(); i++) {
          if (bounds.get(i - 1) >= bounds.get(i)) {
            s.error("bounds", bounds.get(i) + " is not above " + bounds.get(i - 1) + " before it");
            return new Identity();
          }
        }
        return new Buckets(bounds);
      }

      @Override
      public String stateText() {
        return "buckets " + bounds;
      }

      @Override
      public void check(String place, Consumer<String> problems) {
        boolean ascending = !bounds.isEmpty() && bounds.stream().allMatch(Double::isFinite);
        for (int i = 1; ascending && i < bounds.size(); i++) {
          ascending = bounds.get(i - 1) < bounds.get(i);
        }
        if (!ascending) {
          problems.accept(
              place
                  + ".bounds: "
                  + bounds
                  + "; expected one or more finite numbers, each above the last");
        }
      }
    }
  }

  /** Reads the feature's number. */
  private abstract static class Encoder extends FieldEncoder {
    Encoder(Field field, FeatureNames names) {
      super(field, names);
    }

    @Override
    final void encodePresent(FeatureValues values, Occurrences to) throws RejectedException {
      int value = only(values);
      boolean isText = values.type(value) == Type.STRING;
      encodeNumber(isText ? number(values.text(value)) : values.number(value), to);
    }

    private double number(String text) throws RejectedException {
      double number = NumberText.parse(text);
      if (Double.isNaN(number)) {
        throw rejected(WRONG_TYPE, "is a string; expected a number");
      }
      if (!FeatureValuesBuilder.inRange(number)) {
        throw rejected(BAD_VALUE, "is beyond the range of a float, ±3.4e38");
      }
      return number;
    }

    abstract void encodeNumber(double number, Occurrences to);
  }

  /** One id, which carries the number as its value. */
  private static final class NumberEncoder extends Encoder {
    /** Numbers beyond it count as it: so their fourth powers can be summed. */
    private static final double MOST = 1e15;

    private final DoubleUnaryOperator transform;

    NumberEncoder(Field field, FeatureNames names, DoubleUnaryOperator transform) {
      super(field, names);
      this.transform = transform;
    }

    @Override
    void encodeNumber(double number, Occurrences to) {
      double value = transform.applyAsDouble(number);
      to.add(Fids.number(field.number()), (float) Math.max(-MOST, Math.min(MOST, value)));
    }
  }

  /** One id for each interval. */
  private static final class BucketEncoder extends Encoder {
    private final double[] bounds;
    private final long[] fids;

    BucketEncoder(Field field, FeatureNames names, Transform.Buckets buckets) {
      super(field, names);
      bounds = buckets.bounds().stream().mapToDouble(Double::doubleValue).toArray();
      fids = new long[bounds.length + 1];
      Arrays.setAll(fids, i -> Fids.of(field.number(), ValueHash.of((long) i)));
    }

    @Override
    void encodeNumber(double number, Occurrences to) {
      int found = Arrays.binarySearch(bounds, number + 0.0); // -0.0 sorts below 0.0
      to.add(fids[found >= 0 ? found + 1 : -found - 1], 1);
    }
  }
}
