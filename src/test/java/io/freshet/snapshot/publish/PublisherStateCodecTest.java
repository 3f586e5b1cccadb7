package io.freshet.snapshot.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.store.TinyModel;
import io.freshet.snapshot.write.PublisherInput;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class PublisherStateCodecTest {
  private static final Version PUBLISHED = new Version("0badcafe", 6);

  @Test
  void aStateIsReadAsItWasWritten() throws Exception {
    float[] dense = {0.5f, -1};
    CheckpointContents contents =
        new CheckpointContents(
            7,
            List.of(new PublisherInput.Part("p", 1, "ab", 2, 3, 4)),
            Optional.of(new CheckpointContents.Dense(dense, 3, TinyModel.GAUGE)),
            Map.of("auc", 0.75),
            Map.of("clicks-0", 5L),
            99,
            true,
            List.of(new PublisherInput.Part("h", 5, "cd", 6, 7, 0)));
    PublisherState state =
        new PublisherState(
            "0badcafe",
            "run",
            7,
            Optional.of(PUBLISHED),
            List.of(contents.withHistories(List.of()), contents),
            true,
            List.of(new PublisherInput.Window(60, 10, 10, 2, 0.5, 1.25)),
            "2;3;0;1,2",
            Map.of("purchase", List.of(new PublisherInput.Window(90, 10, 10, 1, 0.25, 1))));
    DataOutputSerializer out = new DataOutputSerializer(64);

    new PublisherStateCodec().write(state, out);

    assertThat(read(out)).usingRecursiveComparison().isEqualTo(state);
  }

  private static PublisherState read(DataOutputSerializer out) throws IOException {
    DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
    PublisherState state = new PublisherStateCodec().read(in);
    assertThat(in.available()).isZero();
    return state;
  }
}
