package io.freshet.wire.codec;

import static java.util.Objects.requireNonNull;

import java.io.DataInput;
import java.io.IOException;

/**
 * A codec whose bytes outlive the program: the format of values in checkpoints and savepoints.
 *
 * <p>A public class with a public constructor without arguments, named in {@code
 * META-INF/services/io.freshet.wire.codec.StateCodec}. The class may be renamed; its id and the
 * bytes of each released version may not change.
 *
 * @param <T> the type of the values
 */
public abstract class StateCodec<T> implements Codec<T> {
  private final String id;
  private final int version;
  private final Class<T> type;

  /**
   * @param id the name of the format in savepoints: never changed, never reused for another format
   * @param version what {@link #write} writes; increases whenever the written form changes
   * @param type of the values
   */
  protected StateCodec(String id, int version, Class<T> type) {
    this.id = requireNonNull(id, "id");
    this.version = version;
    this.type = requireNonNull(type, "type");
  }

  public final String id() {
    return id;
  }

  public int version() {
    return version;
  }

  public final Class<T> type() {
    return type;
  }

  /**
   * Reads what {@link #write} of the given version wrote.
   *
   * @param version from 1 to {@link #version()}
   */
  public abstract T read(DataInput in, int version) throws IOException;

  @Override
  public final T read(DataInput in) throws IOException {
    return read(in, version());
  }
}
