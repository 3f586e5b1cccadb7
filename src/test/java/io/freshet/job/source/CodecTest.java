package io.freshet.job.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.event.Click;
import io.freshet.event.Rejection;
import io.freshet.feature.EncodedImpression;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.example.LabeledExample.Kind;
import io.freshet.feature.example.LabeledExample.Origin;
import io.freshet.job.deadletter.DeadLetter;
import io.freshet.job.source.SourceRecord.Dead;
import io.freshet.job.source.SourceRecord.Good;
import io.freshet.job.source.SourceRecord.Past;
import io.freshet.job.source.SourceRecord.Tick;
import io.freshet.join.operator.ClickCodec;
import io.freshet.join.operator.EncodedImpressionCodec;
import io.freshet.join.operator.LabeledExampleCodec;
import io.freshet.wire.WireType;
import java.io.IOException;
import java.util.stream.Stream;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written comes back the same, to the last byte. */
final class CodecTest {
  private static final String LONG_ID = "é".repeat(70_000);

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1500})
  void examplesOfAnySize(int occurrences) throws IOException {
    Example example = example(occurrences);

    EncodedImpression impression =
        copy(EncodedImpressionCodec.TYPE, new EncodedImpression(LONG_ID, 5, 0.5f, example));
    LabeledExample labelled =
        copy(LabeledExampleCodec.TYPE, new LabeledExample("a", 7, 1, 2, example));

    assertThat(impression.id()).isEqualTo(LONG_ID);
    assertThat(impression.timestamp()).isEqualTo(5);
    assertThat(impression.weight()).isEqualTo(0.5f);
    assertThat(impression.example()).usingRecursiveComparison().isEqualTo(example);
    assertThat(labelled.impressionId()).isEqualTo("a");
    assertThat(labelled.time()).isEqualTo(7);
    assertThat(labelled.label()).isEqualTo(1);
    assertThat(labelled.weight()).isEqualTo(2);
    assertThat(labelled.example()).usingRecursiveComparison().isEqualTo(example);
  }

  @Test
  void examplesOfAnyKindAndOrigin() throws IOException {
    for (Kind kind : Kind.values()) {
      for (Origin origin : Origin.values()) {
        LabeledExample example = labelled(kind).recorded(origin);

        assertThat(copy(LabeledExampleCodec.TYPE, example))
            .usingRecursiveComparison()
            .isEqualTo(example);
      }
    }
  }

  private static LabeledExample labelled(Kind kind) {
    return new LabeledExample("a", 7, 1, 2, example(3), kind, 0.25f, true);
  }

  @Test
  void clicks() throws IOException {
    assertThat(copy(ClickCodec.TYPE, new Click(LONG_ID, -1))).isEqualTo(new Click(LONG_ID, -1));
  }

  @Test
  void offsets() throws IOException {
    SourceOffset offset = new SourceOffset("clicks", 3, 9);
    assertThat(copy(SourceOffsetCodec.TYPE, offset)).isEqualTo(offset);
  }

  @Test
  void sourceRecords() throws IOException {
    Rejection rejection = new Rejection(Rejection.Kind.TOO_LARGE, LONG_ID);
    Stream<SourceRecord<Click>> records =
        Stream.of(
            new Tick<>(5),
            new Past<>(labelled(Kind.DECIDED).recorded(Origin.RECORDED)),
            new Good<>(new Click("a", 4), 4, 3, 2, 1),
            new Dead<>(new DeadLetter("clicks", 3, 9, 4, rejection, new byte[] {1, 2})),
            new Dead<>(new DeadLetter("clicks", 3, 9, 4, rejection, null)));

    for (SourceRecord<Click> record : records.toList()) {
      assertThat(copy(SourceRecordCodec.CLICKS, record))
          .usingRecursiveComparison()
          .isEqualTo(record);
    }
  }

  private static Example example(int occurrences) {
    long[] fids = new long[occurrences];
    float[] values = new float[occurrences];
    for (int i = 0; i < occurrences; i++) {
      fids[i] = -7L * i;
      values[i] = 1f / (1 + i);
    }
    return new Example(11, fids, values);
  }

  private static <T> T copy(WireType<T> type, T value) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(16);
    type.serializer().serialize(value, out);
    DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
    T copy = type.serializer().deserialize(in);
    assertThat(in.available()).isZero();
    return copy;
  }
}
