package io.freshet.wire;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Flink's serializer over a {@link WireCodec}: for channels and for state, where the codec's class
 * and version are kept with the data so that a newer version of the code reads older state.
 *
 * <p>Values count as immutable and are never copied.
 *
 * @param <T> the type of the values
 */
public final class WireSerializer<T> extends TypeSerializer<T> {
  private static final long serialVersionUID = 1L;

  private final Class<? extends WireCodec<T>> codecClass;
  private final int readVersion;
  private transient WireCodec<T> codec;

  public WireSerializer(Class<? extends WireCodec<T>> codecClass) {
    this(codecClass, newCodec(codecClass).version());
  }

  private WireSerializer(Class<? extends WireCodec<T>> codecClass, int readVersion) {
    this.codecClass = requireNonNull(codecClass, "codecClass");
    this.readVersion = readVersion;
  }

  @Override
  public void serialize(T value, DataOutputView target) throws IOException {
    codec().write(value, target);
  }

  @Override
  public T deserialize(DataInputView source) throws IOException {
    return codec().read(source, readVersion);
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
    return new Snapshot<>(codecClass, codec().version());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WireSerializer<?> that
        && codecClass.equals(that.codecClass)
        && readVersion == that.readVersion;
  }

  @Override
  public int hashCode() {
    return codecClass.hashCode() + readVersion;
  }

  private WireCodec<T> codec() {
    if (codec == null) {
      codec = newCodec(codecClass);
    }
    return codec;
  }

  private static <T> WireCodec<T> newCodec(Class<? extends WireCodec<T>> codecClass) {
    try {
      return codecClass.getConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(codecClass + " has no public constructor of no arguments", e);
    }
  }

  /** The codec's class and version, as kept in a savepoint. */
  public static final class Snapshot<T> implements TypeSerializerSnapshot<T> {
    private Class<? extends WireCodec<T>> codecClass;
    private int version;

    /** For Flink, which then calls {@link #readSnapshot}. */
    public Snapshot() {}

    private Snapshot(Class<? extends WireCodec<T>> codecClass, int version) {
      this.codecClass = codecClass;
      this.version = version;
    }

    @Override
    public int getCurrentVersion() {
      return 1;
    }

    @Override
    public void writeSnapshot(DataOutputView out) throws IOException {
      out.writeUTF(codecClass.getName());
      out.writeInt(version);
    }

    @Override
    @SuppressWarnings("unchecked") // checked by asSubclass but for the codec's value type
    public void readSnapshot(int snapshotVersion, DataInputView in, ClassLoader loader)
        throws IOException {
      String name = in.readUTF();
      version = in.readInt();
      try {
        codecClass =
            (Class<? extends WireCodec<T>>)
                Class.forName(name, true, loader).asSubclass(WireCodec.class);
      } catch (ClassNotFoundException e) {
        throw new IOException("the state was written by " + name + ", which is not in the jar", e);
      }
    }

    @Override
    public TypeSerializer<T> restoreSerializer() {
      return new WireSerializer<>(codecClass, version);
    }

    @Override
    public TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(
        TypeSerializerSnapshot<T> old) {
      if (!(old instanceof Snapshot<T> before) || !before.codecClass.equals(codecClass)) {
        return TypeSerializerSchemaCompatibility.incompatible();
      }
      if (before.version > version) {
        return TypeSerializerSchemaCompatibility.incompatible();
      }
      return before.version == version
          ? TypeSerializerSchemaCompatibility.compatibleAsIs()
          : TypeSerializerSchemaCompatibility.compatibleAfterMigration();
    }
  }
}
