package io.freshet.wire;

import io.freshet.wire.codec.Codec;
import io.freshet.wire.codec.Codecs;
import io.freshet.wire.codec.StateCodec;
import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Flink's serializer over a {@link Codec}: for channels and, over a {@link StateCodec}, for state,
 * where the id and the version of the format are kept with the data.
 *
 * <p>Values count as immutable and are never copied.
 *
 * @param <T> the type of the values
 */
public final class WireSerializer<T> extends TypeSerializer<T> {
  private static final long serialVersionUID = 1L;
  private static final int MESSAGE = 0; // as a version: of what has none

  private final Class<?> type;
  private final Class<?>[] arguments;
  private final int readVersion;
  private transient Codec<T> codec;

  WireSerializer(Class<?> type, Class<?>... arguments) {
    this.type = type;
    this.arguments = arguments;
    this.readVersion = codec() instanceof StateCodec<T> format ? format.version() : MESSAGE;
  }

  private WireSerializer(StateCodec<T> format, int readVersion) {
    this.type = format.type();
    this.arguments = new Class<?>[0];
    this.readVersion = readVersion;
  }

  @Override
  public void serialize(T value, DataOutputView target) throws IOException {
    codec().write(value, target);
  }

  @Override
  public T deserialize(DataInputView source) throws IOException {
    return codec() instanceof StateCodec<T> format
        ? format.read(source, readVersion)
        : codec().read(source);
  }

  @Override
  public T deserialize(T reuse, DataInputView source) throws IOException {
    return deserialize(source);
  }

  @Override
  public void copy(DataInputView source, DataOutputView target) throws IOException {
    serialize(deserialize(source), target);
  }

  @Override
  public T copy(T from) {
    return from;
  }

  @Override
  public T copy(T from, T reuse) {
    return from;
  }

  @Override
  public boolean isImmutableType() {
    return true;
  }

  @Override
  public TypeSerializer<T> duplicate() {
    return this;
  }

  @Override
  public T createInstance() {
    return null;
  }

  @Override
  public int getLength() {
    return -1;
  }

  @Override
  public TypeSerializerSnapshot<T> snapshotConfiguration() {
    if (codec() instanceof StateCodec<T> format) {
      return new Snapshot<>(format, format.version());
    }
    throw new IllegalStateException(
        type.getName() + " is a message: expected a type with a StateCodec in state");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WireSerializer<?> that
        && type.equals(that.type)
        && Arrays.equals(arguments, that.arguments)
        && readVersion == that.readVersion;
  }

  @Override
  public int hashCode() {
    return type.hashCode() + readVersion;
  }

  @SuppressWarnings("unchecked") // the type information is that of the type
  private Codec<T> codec() {
    if (codec == null) {
      codec = (Codec<T>) Codecs.of(type, arguments);
    }
    return codec;
  }

  /**
   * The format's id and version, as kept in a savepoint.
   *
   * <p><b>The name of this class is frozen</b>: Flink writes it to every savepoint. It is the only
   * name of a class of ours there.
   */
  public static final class Snapshot<T> implements TypeSerializerSnapshot<T> {
    private static final int WITH_CLASS_NAMES = 1; // of builds before there were format ids

    private StateCodec<T> format;
    private int version;

    /** For Flink, which then calls {@link #readSnapshot}. */
    public Snapshot() {}

    private Snapshot(StateCodec<T> format, int version) {
      this.format = format;
      this.version = version;
    }

    @Override
    public int getCurrentVersion() {
      return 2;
    }

    @Override
    public void writeSnapshot(DataOutputView out) throws IOException {
      out.writeUTF(format.id());
      out.writeInt(version);
    }

    @Override
    @SuppressWarnings("unchecked") // a format of another type is incompatible by its id
    public void readSnapshot(int snapshotVersion, DataInputView in, ClassLoader loader)
        throws IOException {
      String id = in.readUTF();
      version = in.readInt();
      if (snapshotVersion == WITH_CLASS_NAMES) {
        throw new StateFormatException(
            "the state was written by a build before the first release (found %s, expected the id of a state format): start without it"
                .formatted(id));
      }
      format =
          (StateCodec<T>) Codecs.format(id).orElseThrow(() -> StateFormatException.ofUnknown(id));
      if (version < 1 || version > format.version()) {
        throw StateFormatException.ofVersion(format, version);
      }
    }

    @Override
    public TypeSerializer<T> restoreSerializer() {
      return new WireSerializer<>(format, version);
    }

    @Override
    public TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(
        TypeSerializerSnapshot<T> old) {
      if (!(old instanceof Snapshot<T> before) || !before.format.id().equals(format.id())) {
        return TypeSerializerSchemaCompatibility.incompatible();
      }
      return before.version == version
          ? TypeSerializerSchemaCompatibility.compatibleAsIs()
          : TypeSerializerSchemaCompatibility.compatibleAfterMigration();
    }
  }
}
