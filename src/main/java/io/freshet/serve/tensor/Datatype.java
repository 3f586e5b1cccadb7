package io.freshet.serve.tensor;

import static io.freshet.serve.request.HttpError.bad;

import io.freshet.serve.request.HttpError;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;

/** The types of a tensor's elements, and what they are in Java. */
public enum Datatype {
  BOOL(Boolean.class, 1),
  UINT8(Long.class, 1),
  UINT16(Long.class, 2),
  UINT32(Long.class, 4),
  UINT64(Long.class, 8),
  INT8(Long.class, 1),
  INT16(Long.class, 2),
  INT32(Long.class, 4),
  INT64(Long.class, 8),
  FP32(Double.class, 4),
  FP64(Double.class, 8),
  BYTES(String.class, 0);

  private final Class<?> type;
  private final int bytes;

  Datatype(Class<?> type, int bytes) {
    this.type = type;
    this.bytes = bytes;
  }

  /** The bytes of an element; 0 where they differ. */
  public int bytes() {
    return bytes;
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
