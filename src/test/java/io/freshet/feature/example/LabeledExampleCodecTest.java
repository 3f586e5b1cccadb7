package io.freshet.feature.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.example.LabeledExample.Kind;
import io.freshet.feature.example.LabeledExample.Origin;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class LabeledExampleCodecTest {
  private static final Example FEATURES = new Example(3, new long[] {0, 7}, new float[] {1, 0.5f});

  @Test
  void theTaskIsKeptAndTakesAByteWhereItIsNotTheFirst() throws IOException {
    for (Kind kind : Kind.values()) {
      for (Origin origin : Origin.values()) {
        LabeledExample first =
            new LabeledExample("i", 5, 1, 2, FEATURES, kind, 0.25f, true, origin);

        assertThat(roundTrip(first.of(3)).task()).isEqualTo(3);
        assertThat(roundTrip(first.of(3)).kind()).isEqualTo(kind);
        assertThat(roundTrip(first.of(3)).origin()).isEqualTo(origin);
        assertThat(roundTrip(first).task()).isZero();
        assertThat(bytes(first.of(3))).hasSize(bytes(first).length + 1);
      }
    }
  }

  private static LabeledExample roundTrip(LabeledExample example) throws IOException {
    return new LabeledExampleCodec().read(new DataInputDeserializer(bytes(example)));
  }

  private static byte[] bytes(LabeledExample example) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    new LabeledExampleCodec().write(example, out);
    return out.getCopyOfBuffer();
  }
}
