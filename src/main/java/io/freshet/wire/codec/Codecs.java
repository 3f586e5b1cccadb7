package io.freshet.wire.codec;

import java.lang.reflect.Type;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.ServiceLoader.Provider;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Finds the codec of a type, and the state format of an id. */
public final class Codecs {
  private static final Map<String, StateCodec<?>> BY_ID = load();
  private static final Map<Class<?>, StateCodec<?>> BY_TYPE =
      BY_ID.values().stream().collect(Collectors.toMap(StateCodec::type, Function.identity()));

  private Codecs() {}

  /**
   * The type's state format, if it has one; otherwise a codec that writes the components of a
   * record, or of the records of a sealed interface.
   *
   * @param arguments the types that the type variables stand for, in order
   */
  @SuppressWarnings("unchecked") // a codec is registered under the type of its values
  public static <T> Codec<T> of(Class<T> type, Type... arguments) {
    StateCodec<?> format = BY_TYPE.get(type);
    return format != null ? (Codec<T>) format : (Codec<T>) ComponentCodecs.of(type, arguments);
  }

  /** The state format with an id. */
  public static Optional<StateCodec<?>> format(String id) {
    return Optional.ofNullable(BY_ID.get(id));
  }

  /** All state formats. */
  public static Collection<StateCodec<?>> formats() {
    return BY_ID.values();
  }

  static Optional<Codec<?>> format(Class<?> type) {
    return Optional.ofNullable(BY_TYPE.get(type));
  }

  @SuppressWarnings("rawtypes") // a service is named by its class
  private static Map<String, StateCodec<?>> load() {
    return ServiceLoader.load(StateCodec.class, Codecs.class.getClassLoader()).stream()
        .map(Provider::get)
        .map(codec -> (StateCodec<?>) codec)
        .collect(Collectors.toUnmodifiableMap(StateCodec::id, Function.identity()));
  }
}
