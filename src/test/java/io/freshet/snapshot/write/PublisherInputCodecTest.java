package io.freshet.snapshot.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.model.dense.DenseBlock;
import java.io.IOException;
import java.util.Map;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class PublisherInputCodecTest {

  @Test
  void partsMetricsAndOffsetsArriveAsTheyWereSent() throws Exception {
    PublisherInput part = new PublisherInput.Part(".staging/x", Long.MAX_VALUE, "ab", 3, 4, 5);
    PublisherInput metrics = new PublisherInput.Metrics(Map.of("auc", 0.75, "ne", Double.NaN));
    PublisherInput offset = new PublisherInput.Offset("impressions", 7, 1L << 40);
    PublisherInput added = new PublisherInput.Added(Map.of("table_rows", -3.0));
    PublisherInput withheld = new PublisherInput.Withheld("clicks are missing");
    PublisherInput window = new PublisherInput.Window(1L << 41, 9, 9.5, 0.25, 0.5, Double.NaN);

    assertThat(sent(part)).isEqualTo(part);
    assertThat(sent(metrics)).isEqualTo(metrics);
    assertThat(sent(offset)).isEqualTo(offset);
    assertThat(sent(added)).isEqualTo(added);
    assertThat(sent(window)).isEqualTo(window);
    assertThat(sent(withheld)).isEqualTo(withheld);
  }

  @Test
  void aDenseBlockArrivesAsItWasSent() throws Exception {
    float[] values = new float[5000];
    values[4999] = -1.5f;

    DenseBlock block =
        ((PublisherInput.Dense) sent(new PublisherInput.Dense(new DenseBlock(64, values, 9))))
            .block();

    assertThat(block.from()).isEqualTo(64);
    assertThat(block.values()).isEqualTo(values);
    assertThat(block.examples()).isEqualTo(9);
  }

  @Test
  void anUnknownKindIsRefused() {
    assertThatThrownBy(
            () -> new PublisherInputCodec().read(new DataInputDeserializer(new byte[] {9}), 1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("kind 9");
  }

  private static PublisherInput sent(PublisherInput announcement) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    PublisherInput.TYPE.serializer().serialize(announcement, out);
    DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
    PublisherInput read = PublisherInput.TYPE.serializer().deserialize(in);
    assertThat(in.available()).isZero();
    return read;
  }
}
