package io.freshet.serve.tensor;

import static io.freshet.serve.predict.HttpError.bad;

import io.freshet.serve.predict.HttpError;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;

/** The types of a tensor's elements, and what they are in Java. */
public enum Datatype {
  BOOL(Boolean.class),
  UINT8(Long.class),
  UINT16(Long.class),
  UINT32(Long.class),
  UINT64(Long.class),
  INT8(Long.class),
  INT16(Long.class),
  INT32(Long.class),
  INT64(Long.class),
  FP32(Double.class),
  FP64(Double.class),
  BYTES(String.class);

  private final Class<?> type;

  Datatype(Class<?> type) {
    this.type = type;
  }

  /** The type of a name; refused where it is none, or one of 16 bits. */
  public static Datatype of(String place, String name) throws HttpError {
    Optional<Datatype> found =
        Arrays.stream(values()).filter(datatype -> datatype.name().equals(name)).findFirst();
    return found.orElseThrow(
        () ->
            bad(
                "%s.datatype is %s; expected one of %s"
                    .formatted(place, name, Arrays.toString(values()))));
  }

  public boolean isInteger() {
    return type == Long.class;
  }

  /** A string, number or boolean as an element; refused where it is of another type. */
  Object element(String place, Object value) throws HttpError {
    if (value == null || type.isInstance(value) || isInteger() && value instanceof BigInteger) {
      return value;
    }
    boolean isWhole = value instanceof Integer || value instanceof Long;
    if (isInteger() && isWhole) {
      return ((Number) value).longValue();
    }
    if (type == Double.class && value instanceof Number number) {
      return number.doubleValue();
    }
    throw bad("%s: %s is no %s".formatted(place, value, name()));
  }
}
