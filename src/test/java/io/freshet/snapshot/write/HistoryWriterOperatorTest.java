package io.freshet.snapshot.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.history.ActionHistory;
import io.freshet.feature.history.PublishedHistory;
import io.freshet.snapshot.SnapshotSettings;
import io.freshet.snapshot.history.HistoryRows;
import io.freshet.snapshot.storage.FlinkStorage;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.wire.WireType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HistoryWriterOperatorTest {
  @TempDir private Path root;
  private LocalStorage storage;
  private OneInputStreamOperatorTestHarness<PublishedHistory, PublisherInput> harness;

  @BeforeEach
  void open() throws Exception {
    storage = new LocalStorage(root);
    SnapshotSettings settings = SnapshotSettings.at(root.toUri().toString());
    harness =
        new OneInputStreamOperatorTestHarness<>(
            SnapshotWriter.ofHistories(settings, 400, FlinkStorage::at));
    harness.setup(WireType.of(PublisherInput.class).serializer());
    harness.open();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void aPartHasTheNewestOfEachHistoryAndThoseThatAreOver() throws Exception {
    take(9, 1, 2);
    take(-7, 3);
    take(8, 4);
    take(9, 2, 5);
    take(8);
    harness.prepareSnapshotPreBarrier(1);

    PublisherInput.Part part = parts().get(0);
    HistoryRows file = HistoryRows.read(storage, part.path());
    assertThat(parts()).hasSize(1);
    assertThat(file.ids()).containsExactly(-7, 9);
    assertThat(file.lengths()).containsExactly(1, 2);
    assertThat(file.times()).containsExactly(3, 2, 5);
    assertThat(file.values()).containsExactly(6, 4, 10);
    assertThat(file.removed()).containsExactly(8);
    assertThat(part.rows()).isEqualTo(2);
    assertThat(part.updates()).isEqualTo(3);
    assertThat(part.size()).isEqualTo(storage.size(part.path()));
  }

  @Test
  void aPartIsClosedEarlyBeforeItTakesTooMuchMemory() throws Exception {
    for (int id = 0; id < 20; id++) {
      take(id, 1, 2, 3);
    }
    assertThat(parts()).hasSizeGreaterThan(4);
    harness.prepareSnapshotPreBarrier(1);

    assertThat(parts().stream().mapToLong(PublisherInput.Part::rows).sum()).isEqualTo(20);
  }

  /** A history of actions at times, whose values are twice as much. */
  private void take(long id, long... times) throws Exception {
    long[] values = new long[times.length];
    for (int i = 0; i < times.length; i++) {
      values[i] = 2 * times[i];
    }
    PublishedHistory history = new PublishedHistory(id, new ActionHistory(times, values));
    harness.processElement(new StreamRecord<>(history));
  }

  private List<PublisherInput.Part> parts() {
    List<PublisherInput.Part> parts = new ArrayList<>();
    for (PublisherInput input : harness.extractOutputValues()) {
      parts.add(((PublisherInput.Histories) input).file());
    }
    return parts;
  }
}
