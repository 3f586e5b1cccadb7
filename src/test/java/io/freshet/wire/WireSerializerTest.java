package io.freshet.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.feature.example.Example;
import io.freshet.job.source.SourceOffset;
import io.freshet.wire.codec.StateCodec;
import io.freshet.wire.codec.Values;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshotSerializationUtil;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class WireSerializerTest {
  private static final WireType<Text> TYPE = WireType.of(Text.class);

  @AfterEach
  void forgetTheVersion() {
    TextCodec.version = 1;
  }

  @Test
  void valuesComeBackAsTheCodecReadsThem() throws IOException {
    assertThat(read(TYPE.serializer(), written(new Text("some text"))))
        .isEqualTo(new Text("some text"));
  }

  @Test
  void aCopyInBytesIsTheSameValue() throws IOException {
    DataOutputSerializer copy = new DataOutputSerializer(16);

    TYPE.serializer().copy(new DataInputDeserializer(written(new Text("text"))), copy);

    assertThat(copy.getCopyOfBuffer()).isEqualTo(written(new Text("text")));
  }

  @Test
  void valuesCountAsImmutableAndAreNotCopied() {
    Text value = new Text("a");

    assertThat(TYPE.serializer().copy(value)).isSameAs(value);
    assertThat(TYPE.serializer().isImmutableType()).isTrue();
  }

  @Test
  void travelsWithTheJobAndStaysEqual() throws Exception {
    TypeSerializer<Text> serializer = TYPE.serializer();

    TypeSerializer<Text> sent = InstantiationUtil.clone(serializer);

    assertThat(sent).isEqualTo(serializer).hasSameHashCodeAs(serializer);
    assertThat(read(sent, written(new Text("text")))).isEqualTo(new Text("text"));
    assertThat(InstantiationUtil.clone(TYPE)).isEqualTo(TYPE).hasSameHashCodeAs(TYPE);
  }

  @Test
  void stateOfTheSameVersionIsReadAsItIs() throws IOException {
    TypeSerializerSnapshot<Text> before = savedAndRestored();

    assertThat(compatibility(before).isCompatibleAsIs()).isTrue();
    assertThat(before.restoreSerializer()).isEqualTo(TYPE.serializer());
  }

  @Test
  void stateOfAnOlderVersionIsReadAsThatAndWrittenAsTheNew() throws IOException {
    byte[] old = written(new Text("text"));
    TypeSerializerSnapshot<Text> before = savedAndRestored();
    TextCodec.version = 2;

    assertThat(compatibility(before).isCompatibleAfterMigration()).isTrue();
    assertThat(read(before.restoreSerializer(), old))
        .isEqualTo(new Text("text, read as of version 1"));
    assertThat(read(TYPE.serializer(), written(new Text("text")))).isEqualTo(new Text("text"));
    assertThat(before.restoreSerializer()).isNotEqualTo(TYPE.serializer());
  }

  @Test
  void stateOfANewerVersionIsRefused() throws IOException {
    TextCodec.version = 2;
    TypeSerializerSnapshot<Text> before = TYPE.serializer().snapshotConfiguration();
    DataOutputSerializer out = new DataOutputSerializer(16);
    before.writeSnapshot(out);
    TextCodec.version = 1;

    assertRefused(
        2, out, "state format test-text: found version 2, expected 1 to 1", "by a newer release");
  }

  @Test
  void stateOfAnotherFormatIsRefused() {
    TypeSerializerSnapshot<SourceOffset> other =
        WireType.of(SourceOffset.class).serializer().snapshotConfiguration();

    assertThat(
            WireType.of(Example.class)
                .serializer()
                .snapshotConfiguration()
                .resolveSchemaCompatibility(cast(other))
                .isIncompatible())
        .isTrue();
  }

  @Test
  void stateOfAnUnknownFormatIsRefused() throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(16);
    out.writeUTF("test-gone");
    out.writeInt(1);

    assertRefused(2, out, "unknown state format: found test-gone, expected one of [", "test-text]");
  }

  @Test
  void stateOfBuildsBeforeThereWereFormatsIsRefused() throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(16);
    out.writeUTF("io.freshet.SomeCodec");
    out.writeInt(1);

    assertRefused(1, out, "found io.freshet.SomeCodec, expected the id of a state format");
  }

  @Test
  void aMessageIsRefusedAsState() {
    TypeSerializer<TextMessage> serializer = WireType.of(TextMessage.class).serializer();

    assertThatThrownBy(serializer::snapshotConfiguration)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("TextMessage is a message: expected a type with a StateCodec");
  }

  private void assertRefused(int snapshotVersion, DataOutputSerializer written, String... message) {
    DataInputDeserializer in = new DataInputDeserializer(written.getCopyOfBuffer());

    assertThatThrownBy(
            () ->
                new WireSerializer.Snapshot<Text>()
                    .readSnapshot(snapshotVersion, in, getClass().getClassLoader()))
        .isInstanceOf(StateFormatException.class)
        .hasMessageContainingAll(message);
  }

  @SuppressWarnings("unchecked") // what is compared is not of the same type
  private static <T> TypeSerializerSnapshot<T> cast(TypeSerializerSnapshot<?> snapshot) {
    return (TypeSerializerSnapshot<T>) snapshot;
  }

  private static TypeSerializerSchemaCompatibility<Text> compatibility(
      TypeSerializerSnapshot<Text> before) {
    return TYPE.serializer().snapshotConfiguration().resolveSchemaCompatibility(before);
  }

  /** The serializer's configuration, written and read as Flink does it in a savepoint. */
  private TypeSerializerSnapshot<Text> savedAndRestored() throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(16);
    TypeSerializerSnapshotSerializationUtil.writeSerializerSnapshot(
        out, TYPE.serializer().snapshotConfiguration());
    return TypeSerializerSnapshotSerializationUtil.readSerializerSnapshot(
        new DataInputDeserializer(out.getCopyOfBuffer()), getClass().getClassLoader());
  }

  private static byte[] written(Text value) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(16);
    TYPE.serializer().serialize(value, out);
    return out.getCopyOfBuffer();
  }

  private static Text read(TypeSerializer<Text> serializer, byte[] bytes) throws IOException {
    DataInputDeserializer in = new DataInputDeserializer(bytes);
    Text value = serializer.deserialize(in);
    assertThat(in.available()).isZero();
    return value;
  }

  record Text(String text) {}

  record TextMessage(Text text) {}

  /** A state format whose version a test can raise. */
  public static final class TextCodec extends StateCodec<Text> {
    private static int version = 1;

    public TextCodec() {
      super("test-text", 1, Text.class);
    }

    @Override
    public int version() {
      return version;
    }

    @Override
    public void write(Text value, DataOutput out) throws IOException {
      Values.writeString(value.text(), out);
    }

    @Override
    public Text read(DataInput in, int readVersion) throws IOException {
      String text = Values.readString(in);
      return new Text(readVersion == version ? text : text + ", read as of version " + readVersion);
    }
  }
}
