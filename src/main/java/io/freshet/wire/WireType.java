package io.freshet.wire;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/**
 * Flink's type information for values that have a {@link io.freshet.wire.codec.Codec}.
 *
 * @param <T> the type of the values
 */
public final class WireType<T> extends TypeInformation<T> {
  private static final long serialVersionUID = 1L;

  private final Class<?> type;
  private final Class<?>[] arguments;

  private WireType(Class<?> type, Class<?>[] arguments) {
    this.type = requireNonNull(type, "type");
    this.arguments = arguments.clone();
  }

  /** The type information of a class. */
  public static <T> WireType<T> of(Class<T> type) {
    return new WireType<>(type, new Class<?>[0]);
  }

  /**
   * The type information of a generic class.
   *
   * @param type the class, whose T is the class with these arguments
   * @param arguments what its type variables stand for, in order
   */
  public static <T> WireType<T> of(Class<? super T> type, Class<?>... arguments) {
    return new WireType<>(type, arguments);
  }

  public TypeSerializer<T> serializer() {
    return new WireSerializer<>(type, arguments);
  }

  @Override
  public TypeSerializer<T> createSerializer(SerializerConfig config) {
    return serializer();
  }

  @Override
  @SuppressWarnings("unchecked") // erasure: a class is that of all its arguments
  public Class<T> getTypeClass() {
    return (Class<T>) type;
  }

  @Override
  public boolean isBasicType() {
    return false;
  }

  @Override
  public boolean isTupleType() {
    return false;
  }

  @Override
  public boolean isKeyType() {
    return false;
  }

  @Override
  public int getArity() {
    return 1;
  }

  @Override
  public int getTotalFields() {
    return 1;
  }

  @Override
  public String toString() {
    return "WireType(" + type.getSimpleName() + ")";
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof WireType<?>;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WireType<?> that
        && type.equals(that.type)
        && Arrays.equals(arguments, that.arguments);
  }

  @Override
  public int hashCode() {
    return 31 * type.hashCode() + Arrays.hashCode(arguments);
  }
}
