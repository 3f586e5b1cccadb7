package io.freshet.feature;

import static io.freshet.config.option.ValueType.oneOf;
import static io.freshet.config.option.ValueType.wholeNumber;
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
import io.freshet.event.FeatureValuesBuilder;
import io.freshet.event.RejectedException;
import io.freshet.feature.FieldKinds.FieldKind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;

/**
 * A dense embedding that comes with the event, of a text, an image or a place in a graph.
 *
 * <p>Each component has a row, and occurs with its standardized number as its value. So the rows
 * together are a learned linear map from the vector to a first-order term and to the field's
 * embedding of the model's size, which pairs and layers take as they take any field's.
 *
 * @param encoding whether a vector may be a text
 */
public record VectorField(
    String name,
    int number,
    int size,
    @JsonInclude(value = Include.CUSTOM, valueFilter = Encoding.Usual.class) Encoding encoding)
    implements Field {
  /** Most components of a vector. */
  static final int MAX_SIZE = 4096;

  static final FieldKind KIND =
      new FieldKind(
          "vector",
          "A dense embedding that comes with the event.",
          VectorField.class,
          VectorField::read);

  public VectorField {
    requireNonNull(name, "name");
    encoding = requireNonNullElse(encoding, Encoding.NUMBERS);
  }

  /** A list of numbers. */
  public VectorField(String name, int number, int size) {
    this(name, number, size, Encoding.NUMBERS);
  }

  private static VectorField read(String name, int number, Section s) {
    return new VectorField(
        name,
        number,
        s.option("size", "How many numbers a vector has.")
            .require(wholeNumber(1, MAX_SIZE))
            .orElse(1),
        s.option(
                "encoding",
                "A list of numbers; or base64: also a text that is the base64 of floats of 32 bits,"
                    + " little-endian.")
            .get(oneOf(Encoding.class), Encoding.NUMBERS));
  }

  @Override
  public int numbers() {
    return size;
  }

  @Override
  public String describe() {
    return Field.super.describe() + " of " + size;
  }

  @Override
  public String stateText() {
    return name + ", vector of " + size;
  }

  @Override
  public void check(String place, List<Field> fields, Consumer<String> problems) {
    if (size < 1 || size > MAX_SIZE) {
      problems.accept(place + ".size: " + size + "; expected 1 to " + MAX_SIZE);
    }
  }

  /** What each component's value is multiplied by, so that the vector is as long as one value. */
  public float scale() {
    return (float) (1 / Math.sqrt(size));
  }

  @Override
  public FieldEncoder encoder(FeatureNames names) {
    return new Encoder(this, names);
  }

  /** How a vector may be written. */
  public enum Encoding {
    NUMBERS,
    BASE64;

    /** Equals the encoding that JSON leaves out. */
    static final class Usual {
      @Override
      public boolean equals(Object other) {
        return other == NUMBERS;
      }

      @Override
      public int hashCode() {
        return 0;
      }
    }
  }

  private static final class Encoder extends FieldEncoder {
    private final VectorField vector;

    Encoder(VectorField vector, FeatureNames names) {
      super(vector, names);
      this.vector = vector;
    }

    @Override
    void encodePresent(FeatureValues values, Occurrences to) throws RejectedException {
      int first = values.first(feature);
      if (vector.encoding == Encoding.BASE64
          && values.count(feature) == 1
          && values.type(first) == Type.STRING) {
        encodeText(values.text(first), to);
        return;
      }
      checkLength(values.count(feature), "numbers");
      for (int i = 0; i < vector.size; i++) {
        Type type = values.type(first + i);
        if (values.isWeighted(feature) || type != Type.DOUBLE && type != Type.INTEGER) {
          throw rejected(
              WRONG_TYPE, "holds what is no number at [" + i + "]; expected a list of numbers");
        }
        to.add(Fids.component(vector.number, i), (float) values.number(first + i));
      }
    }

    private void encodeText(String text, Occurrences to) throws RejectedException {
      byte[] bytes;
      try {
        bytes = Base64.getDecoder().decode(text);
      } catch (IllegalArgumentException e) {
        throw rejected(BAD_VALUE, "is no base64: " + e.getMessage());
      }
      if (bytes.length % Float.BYTES != 0) {
        throw rejected(BAD_VALUE, "holds " + bytes.length + " bytes; expected 4 for each number");
      }
      checkLength(bytes.length / Float.BYTES, "floats");
      ByteBuffer floats = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < vector.size; i++) {
        float component = floats.getFloat();
        if (!FeatureValuesBuilder.inRange(component)) {
          throw rejected(
              BAD_VALUE, "holds " + component + " at [" + i + "]; expected finite numbers");
        }
        to.add(Fids.component(vector.number, i), component);
      }
    }

    private void checkLength(int length, String of) throws RejectedException {
      if (length != vector.size) {
        throw rejected(BAD_VALUE, "holds %s %s; expected %s".formatted(length, of, vector.size));
      }
    }
  }
}
