package io.freshet.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.model.DenseBlock;
import java.io.IOException;
import java.util.Map;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class AnnouncementCodecTest {

  @Test
  void partsMetricsAndOffsetsArriveAsTheyWereSent() throws Exception {
    Announcement part = new Announcement.Part(".staging/x", Long.MAX_VALUE, "ab", 3, 4, 5);
    Announcement metrics = new Announcement.Metrics(Map.of("auc", 0.75, "ne", Double.NaN));
    Announcement offset = new Announcement.Offset("impressions", 7, 1L << 40);
    Announcement added = new Announcement.Added(Map.of("table_rows", -3.0));
    Announcement withheld = new Announcement.Withheld("clicks are missing");
    Announcement window = new Announcement.Window(1L << 41, 9, 9.5, 0.25, 0.5, Double.NaN);

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
        ((Announcement.Dense) sent(new Announcement.Dense(new DenseBlock(64, values, 9)))).block();

    assertThat(block.from()).isEqualTo(64);
    assertThat(block.values()).isEqualTo(values);
    assertThat(block.examples()).isEqualTo(9);
  }

  @Test
  void anUnknownKindIsRefused() {
    assertThatThrownBy(
            () -> new AnnouncementCodec().read(new DataInputDeserializer(new byte[] {9}), 1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("kind 9");
  }

  private static Announcement sent(Announcement announcement) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    Announcement.TYPE.serializer().serialize(announcement, out);
    DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
    Announcement read = Announcement.TYPE.serializer().deserialize(in);
    assertThat(in.available()).isZero();
    return read;
  }
}
