package io.freshet.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshotSerializationUtil;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class WireSerializerTest {
  private static final WireType<String> TYPE = WireType.of(String.class, TextCodec.class);

  @AfterEach
  void forgetTheVersion() {
    TextCodec.version = 1;
  }

  @Test
  void valuesComeBackAsTheCodecReadsThem() throws IOException {
    assertThat(read(TYPE.serializer(), written("some text"))).isEqualTo("some text");
  }

  @Test
  void aCopyInBytesIsTheSameValue() throws IOException {
    DataOutputSerializer copy = new DataOutputSerializer(16);

    TYPE.serializer().copy(new DataInputDeserializer(written("text")), copy);

    assertThat(copy.getCopyOfBuffer()).isEqualTo(written("text"));
  }

  @Test
  void valuesCountAsImmutableAndAreNotCopied() {
    String value = String.valueOf(new char[] {'a'});

    assertThat(TYPE.serializer().copy(value)).isSameAs(value);
    assertThat(TYPE.serializer().isImmutableType()).isTrue();
  }

  @Test
  void travelsWithTheJobAndStaysEqual() throws Exception {
    TypeSerializer<String> serializer = TYPE.serializer();

    TypeSerializer<String> sent = InstantiationUtil.clone(serializer);

    assertThat(sent).isEqualTo(serializer).hasSameHashCodeAs(serializer);
    assertThat(read(sent, written("text"))).isEqualTo("text");
    assertThat(InstantiationUtil.clone(TYPE)).isEqualTo(TYPE).hasSameHashCodeAs(TYPE);
  }

  @Test
  void stateOfTheSameVersionIsReadAsItIs() throws IOException {
    TypeSerializerSnapshot<String> before = savedAndRestored();

    assertThat(compatibility(before).isCompatibleAsIs()).isTrue();
    assertThat(before.restoreSerializer()).isEqualTo(TYPE.serializer());
  }

  @Test
  void stateOfAnOlderVersionIsReadAsThatAndWrittenAsTheNew() throws IOException {
    byte[] old = written("text");
    TypeSerializerSnapshot<String> before = savedAndRestored();
    TextCodec.version = 2;

    assertThat(compatibility(before).isCompatibleAfterMigration()).isTrue();
    assertThat(read(before.restoreSerializer(), old)).isEqualTo("text, read as of version 1");
    assertThat(read(TYPE.serializer(), written("text"))).isEqualTo("text");
    assertThat(before.restoreSerializer()).isNotEqualTo(TYPE.serializer());
  }

  @Test
  void stateOfANewerVersionIsRefused() throws IOException {
    TextCodec.version = 2;
    TypeSerializerSnapshot<String> before = savedAndRestored();
    TextCodec.version = 1;

    assertThat(compatibility(before).isIncompatible()).isTrue();
  }

  @Test
  void stateOfAnotherCodecIsRefused() {
    TypeSerializerSnapshot<String> other =
        WireType.of(String.class, OtherCodec.class).serializer().snapshotConfiguration();

    assertThat(compatibility(other).isIncompatible()).isTrue();
  }

  @Test
  void stateWhoseCodecIsGoneIsRefusedByName() throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(16);
    out.writeUTF("io.freshet.Gone");
    out.writeInt(1);
    DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());

    assertThatThrownBy(
            () ->
                new WireSerializer.Snapshot<String>()
                    .readSnapshot(1, in, getClass().getClassLoader()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("io.freshet.Gone");
  }

  @Test
  void aCodecWithoutAPublicConstructorIsRefusedAtOnce() {
    assertThatThrownBy(() -> WireType.of(String.class, ClosedCodec.class).serializer())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ClosedCodec has no public constructor of no arguments");
  }

  private static TypeSerializerSchemaCompatibility<String> compatibility(
      TypeSerializerSnapshot<String> before) {
    return TYPE.serializer().snapshotConfiguration().resolveSchemaCompatibility(before);
  }

  /** The serializer's configuration, written and read as Flink does it in a savepoint. */
  private TypeSerializerSnapshot<String> savedAndRestored() throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(16);
    TypeSerializerSnapshotSerializationUtil.writeSerializerSnapshot(
        out, TYPE.serializer().snapshotConfiguration());
    return TypeSerializerSnapshotSerializationUtil.readSerializerSnapshot(
        new DataInputDeserializer(out.getCopyOfBuffer()), getClass().getClassLoader());
  }

  private static byte[] written(String value) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(16);
    TYPE.serializer().serialize(value, out);
    return out.getCopyOfBuffer();
  }

  private static String read(TypeSerializer<String> serializer, byte[] bytes) throws IOException {
    DataInputDeserializer in = new DataInputDeserializer(bytes);
    String value = serializer.deserialize(in);
    assertThat(in.available()).isZero();
    return value;
  }

  /** A codec whose version a test can raise. */
  public static final class TextCodec implements WireCodec<String> {
    private static int version = 1;

    @Override
    public int version() {
      return version;
    }

    @Override
    public void write(String value, DataOutputView out) throws IOException {
      out.writeUTF(value);
    }

    @Override
    public String read(DataInputView in, int readVersion) throws IOException {
      String value = in.readUTF();
      return readVersion == version ? value : value + ", read as of version " + readVersion;
    }
  }

  /** Another codec of the same type. */
  public static final class OtherCodec implements WireCodec<String> {
    @Override
    public void write(String value, DataOutputView out) throws IOException {
      out.writeUTF(value);
    }

    @Override
    public String read(DataInputView in, int version) throws IOException {
      return in.readUTF();
    }
  }

  /** A codec that nobody can make. */
  public static final class ClosedCodec implements WireCodec<String> {
    private ClosedCodec() {}

    @Override
    public void write(String value, DataOutputView out) throws IOException {
      out.writeUTF(value);
    }

    @Override
    public String read(DataInputView in, int version) throws IOException {
      return in.readUTF();
    }
  }
}
