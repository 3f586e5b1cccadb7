package io.freshet.wire;

import static java.util.Objects.requireNonNull;

import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/**
 * Flink's type information for values written by a {@link WireCodec}.
 *
 * @param <T> the type of the values
 */
public final class WireType<T> extends TypeInformation<T> {
  private static final long serialVersionUID = 1L;

  private final Class<T> type;
  private final Class<? extends WireCodec<T>> codecClass;

  private WireType(Class<T> type, Class<? extends WireCodec<T>> codecClass) {
    this.type = requireNonNull(type, "type");
    this.codecClass = requireNonNull(codecClass, "codecClass");
  }

  /** The type information of a class whose values the codec writes. */
  public static <T> WireType<T> of(Class<T> type, Class<? extends WireCodec<T>> codecClass) {
    return new WireType<>(type, codecClass);
  }

  public TypeSerializer<T> serializer() {
    return new WireSerializer<>(codecClass);
  }

  @Override
  public TypeSerializer<T> createSerializer(SerializerConfig config) {
    return serializer();
  }

  @Override
  public Class<T> getTypeClass() {
    return type;
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
        && codecClass.equals(that.codecClass);
  }

  @Override
  public int hashCode() {
    return 31 * type.hashCode() + codecClass.hashCode();
  }
}
