package io.freshet.wire.codec;

import java.io.DataInput;
import java.io.IOException;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Codecs made from types: a record is written as its components in their order, a sealed interface
 * as the index of the record's class and the record. A component may be a number, a boolean, a
 * string, an enum, an array, an {@link Optional}, a {@link List}, a {@link Map}, a record, a sealed
 * interface, or of a type that has a {@link StateCodec}.
 *
 * <p>For messages only: the bytes change with the record.
 */
final class ComponentCodecs {
  private static final Map<Class<?>, Codec<?>> BASIC = new HashMap<>();

  static {
    basic(long.class, Long.class, (v, out) -> out.writeLong(v), DataInput::readLong);
    basic(int.class, Integer.class, (v, out) -> out.writeInt(v), DataInput::readInt);
    basic(float.class, Float.class, (v, out) -> out.writeFloat(v), DataInput::readFloat);
    basic(double.class, Double.class, (v, out) -> out.writeDouble(v), DataInput::readDouble);
    basic(boolean.class, Boolean.class, (v, out) -> out.writeBoolean(v), DataInput::readBoolean);
    BASIC.put(String.class, Codec.of(Values::writeString, Values::readString));
    BASIC.put(long[].class, Codec.of(PrimitiveArrays::writeLongs, PrimitiveArrays::readLongs));
    BASIC.put(int[].class, Codec.of(PrimitiveArrays::writeInts, PrimitiveArrays::readInts));
    BASIC.put(float[].class, Codec.of(PrimitiveArrays::writeFloats, PrimitiveArrays::readFloats));
    BASIC.put(
        double[].class, Codec.of(PrimitiveArrays::writeDoubles, PrimitiveArrays::readDoubles));
    BASIC.put(byte[].class, Codec.of(PrimitiveArrays::writeBytes, PrimitiveArrays::readBytes));
    BASIC.put(
        boolean[].class, Codec.of(PrimitiveArrays::writeBooleans, PrimitiveArrays::readBooleans));
    BASIC.put(
        UUID.class,
        Codec.<UUID>of(
            (id, out) -> {
              out.writeLong(id.getMostSignificantBits());
              out.writeLong(id.getLeastSignificantBits());
            },
            in -> new UUID(in.readLong(), in.readLong())));
  }

  private ComponentCodecs() {}

  /** The codec of a record or a sealed interface of records. */
  static Codec<?> of(Class<?> type, Type... arguments) {
    Map<String, Type> variables = new HashMap<>();
    TypeVariable<?>[] names = type.getTypeParameters();
    for (int i = 0; i < arguments.length; i++) {
      variables.put(names[i].getName(), arguments[i]);
    }
    return of(type, variables);
  }

  private static Codec<?> of(Type type, Map<String, Type> variables) {
    if (type instanceof TypeVariable<?> variable) {
      return of(variables.get(variable.getName()), variables);
    }
    if (type instanceof ParameterizedType generic) {
      return ofGeneric(generic, variables);
    }
    Class<?> plain = (Class<?>) type;
    if (BASIC.containsKey(plain)) {
      return BASIC.get(plain);
    }
    Optional<Codec<?>> format = Codecs.format(plain);
    if (format.isPresent()) {
      return format.get();
    }
    if (plain.isEnum()) {
      return ofEnum(plain);
    }
    if (plain.isArray()) {
      return ofArray(plain.getComponentType(), of(plain.getComponentType(), variables));
    }
    if (plain.isRecord()) {
      return ofRecord(plain, variables);
    }
    if (plain.isSealed()) {
      return ofSealed(plain, variables);
    }
    throw new IllegalArgumentException(
        plain.getName() + " has no codec: expected a record, or a type with a state format");
  }

  private static Codec<?> ofGeneric(ParameterizedType type, Map<String, Type> variables) {
    Type[] arguments = type.getActualTypeArguments();
    if (type.getRawType() == Optional.class) {
      Codec<Object> value = cast(of(arguments[0], variables));
      return Codec.<Optional<Object>>of(
          (v, out) -> Values.writeOptional(v, value, out), in -> Values.readOptional(in, value));
    }
    if (type.getRawType() == List.class) {
      Codec<Object> element = cast(of(arguments[0], variables));
      return Codec.<List<Object>>of(
          (v, out) -> Values.writeList(v, element, out), in -> Values.readList(in, element));
    }
    if (type.getRawType() == Map.class) {
      Codec<Object> key = cast(of(arguments[0], variables));
      Codec<Object> value = cast(of(arguments[1], variables));
      return Codec.<Map<Object, Object>>of(
          (v, out) -> Values.writeMap(v, key, value, out), in -> Values.readMap(in, key, value));
    }
    return of(type.getRawType(), variables);
  }

  private static Codec<?> ofEnum(Class<?> type) {
    Object[] constants = type.getEnumConstants();
    return Codec.<Enum<?>>of(
        (v, out) -> out.writeByte(v.ordinal()), in -> (Enum<?>) constants[in.readByte()]);
  }

  private static Codec<?> ofArray(Class<?> elementType, Codec<?> elementCodec) {
    Codec<Object> element = cast(elementCodec);
    return Codec.<Object[]>of(
        (array, out) -> {
          VarInt.write(array.length, out);
          for (Object each : array) {
            element.write(each, out);
          }
        },
        in -> {
          Object[] array = (Object[]) Array.newInstance(elementType, VarInt.readInt(in));
          for (int i = 0; i < array.length; i++) {
            array[i] = element.read(in);
          }
          return array;
        });
  }

  private static Codec<?> ofSealed(Class<?> type, Map<String, Type> variables) {
    Class<?>[] permitted = type.getPermittedSubclasses();
    List<Codec<Object>> codecs =
        Arrays.stream(permitted).map(p -> ComponentCodecs.<Object>cast(of(p, variables))).toList();
    List<Class<?>> classes = List.of(permitted);
    return Codec.of(
        (value, out) -> {
          int kind = classes.indexOf(value.getClass());
          out.writeByte(kind);
          codecs.get(kind).write(value, out);
        },
        in -> {
          int kind = in.readByte();
          if (kind < 0 || kind >= codecs.size()) {
            throw new IOException(
                "%s: found kind %s, expected 0 to %s"
                    .formatted(type.getSimpleName(), kind, codecs.size() - 1));
          }
          return codecs.get(kind).read(in);
        });
  }

  private static Codec<?> ofRecord(Class<?> type, Map<String, Type> variables) {
    RecordComponent[] components = type.getRecordComponents();
    List<Codec<Object>> codecs =
        Arrays.stream(components)
            .map(c -> ComponentCodecs.<Object>cast(of(c.getGenericType(), variables)))
            .toList();
    Method[] accessors =
        Arrays.stream(components).map(RecordComponent::getAccessor).toArray(Method[]::new);
    Constructor<?> constructor = canonicalConstructor(type, components);
    AccessibleObject.setAccessible(accessors, true);
    constructor.setAccessible(true);
    return Codec.of(
        (value, out) -> {
          for (int i = 0; i < accessors.length; i++) {
            Method accessor = accessors[i];
            codecs.get(i).write(call(() -> accessor.invoke(value)), out);
          }
        },
        in -> {
          Object[] values = new Object[accessors.length];
          for (int i = 0; i < values.length; i++) {
            values[i] = codecs.get(i).read(in);
          }
          return call(() -> constructor.newInstance(values));
        });
  }

  private static Constructor<?> canonicalConstructor(Class<?> type, RecordComponent[] components) {
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      return type.getDeclaredConstructor(types);
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException("a record has its canonical constructor: " + type, e);
    }
  }

  private static Object call(Reflection reflection) throws IOException {
    try {
      return reflection.call();
    } catch (InvocationTargetException e) {
      throw new IOException("not a value of its type: " + e.getCause().getMessage(), e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static <T> void basic(
      Class<T> primitive, Class<T> boxed, Codec.Writer<T> writer, Codec.Reader<T> reader) {
    BASIC.put(primitive, Codec.of(writer, reader));
    BASIC.put(boxed, Codec.of(writer, reader));
  }

  @SuppressWarnings("unchecked") // a codec is given only values of the type it was made for
  private static <T> Codec<T> cast(Codec<?> codec) {
    return (Codec<T>) codec;
  }

  private interface Reflection {
    Object call() throws ReflectiveOperationException;
  }
}
