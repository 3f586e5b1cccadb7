package io.freshet.snapshot.write;

import static io.freshet.snapshot.store.TinyModel.removal;
import static io.freshet.snapshot.store.TinyModel.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.model.row.RowBlock;
import io.freshet.snapshot.SnapshotSettings;
import io.freshet.snapshot.format.EmbeddingRows;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.TinyModel;
import io.freshet.wire.WireType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SnapshotWriterOperatorTest {
  @TempDir Path folder;
  private Path root;
  private LocalStorage storage;
  private OneInputStreamOperatorTestHarness<RowBlock, PublisherInput> harness;

  @BeforeEach
  void open() throws Exception {
    root = folder.resolve("root");
    storage = new LocalStorage(root);
    SnapshotSettings settings = SnapshotSettings.at(root.toUri().toString());
    harness =
        new OneInputStreamOperatorTestHarness<>(
            SnapshotWriter.ofRows(settings, TinyModel.SETTINGS, 4));
    harness.setup(WireType.of(PublisherInput.class).serializer());
    harness.open();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void rowsSinceTheLastBarrierBecomeAPartAheadOfTheNext() throws Exception {
    take(rows(1, 30, -5));
    take(rows(7, 30, 20));
    harness.prepareSnapshotPreBarrier(1);

    PublisherInput.Part part = parts().get(0);
    EmbeddingRows file = EmbeddingRows.read(storage, part.path());
    assertThat(parts()).hasSize(1);
    assertThat(file.fids()).containsExactly(-5, 20, 30);
    assertThat(file.updates()).containsExactly(1, 7, 7);
    assertThat(file.rows()).containsExactly(1, 2, 3, 7, 8, 9, 7, 8, 9);
    assertThat(file.removed()).isEmpty();
    assertThat(part.rows()).isEqualTo(3);
    assertThat(part.updates()).isEqualTo(15);
    assertThat(part.size()).isEqualTo(storage.size(part.path()));
  }

  @Test
  void aPartHoldsNothingOfTheBarrierBefore() throws Exception {
    take(rows(1, 10));
    harness.prepareSnapshotPreBarrier(1);
    take(rows(2, 20));
    harness.prepareSnapshotPreBarrier(2);

    assertThat(EmbeddingRows.read(storage, parts().get(1).path()).fids()).containsExactly(20);
  }

  @Test
  void aPartIsClosedEarlyWhenEnoughRowsAreHeld() throws Exception {
    take(rows(1, 1, 2, 3));
    take(rows(1, 3, 4));
    take(rows(1, 5));
    harness.prepareSnapshotPreBarrier(1);

    assertThat(parts()).extracting(PublisherInput.Part::rows).containsExactly(4L, 1L);
  }

  @Test
  void whatCameLastOfAnIdIsInThePartItsRowOrItsRemoval() throws Exception {
    take(rows(1, 10, 20));
    take(removal(rows(2), 10, 30));
    take(rows(3, 30));
    harness.prepareSnapshotPreBarrier(1);

    PublisherInput.Part part = parts().get(0);
    EmbeddingRows file = EmbeddingRows.read(storage, part.path());
    assertThat(file.fids()).containsExactly(20, 30);
    assertThat(file.removed()).containsExactly(10);
    assertThat(file.updates()).containsExactly(1, 3);
    assertThat(part.rows()).isEqualTo(2);
    assertThat(part.updates()).isEqualTo(4);
  }

  @Test
  void rowsThatAreNotFiniteAreCountedUnlessTheyAreReplacedOrRemoved() throws Exception {
    RowBlock sick = rows(1, 10, 20, 30);
    sick.values()[0] = Float.NaN;
    sick.values()[4] = Float.POSITIVE_INFINITY;
    sick.values()[8] = Float.NaN;
    take(sick);
    take(removal(rows(2, 20), 30));
    harness.prepareSnapshotPreBarrier(1);

    assertThat(parts()).extracting(PublisherInput.Part::nonFinite).containsExactly(1L);
  }

  @Test
  void noRowsNoPart() throws Exception {
    harness.prepareSnapshotPreBarrier(1);

    assertThat(parts()).isEmpty();
    assertThat(storage.list(PartFile.STAGING)).isEmpty();
  }

  @Test
  void theLastPartOfABoundedRunIsAnnouncedBeforeItsEnd() throws Exception {
    take(rows(1, 10));
    harness.getOperator().finish();

    assertThat(parts()).hasSize(1);
  }

  @Test
  void anUnreachableRootHoldsTheWriterUpUntilItIsMended() throws Exception {
    Files.writeString(root, "a file where the folder should be");
    take(rows(1, 10));
    Thread mender = later(() -> Files.delete(root));

    harness.prepareSnapshotPreBarrier(1);

    mender.join();
    assertThat(EmbeddingRows.read(storage, parts().get(0).path()).fids()).containsExactly(10);
  }

  @Test
  void aHeldUpWriterCanBeCancelled() throws Exception {
    Files.writeString(root, "a file where the folder should be");
    take(rows(1, 10));
    Thread task = Thread.currentThread();
    Thread canceller = later(task::interrupt);

    assertThatThrownBy(() -> harness.prepareSnapshotPreBarrier(1))
        .isInstanceOf(InterruptedException.class);

    canceller.join();
    Files.delete(root); // the harness finishes the operator, which would wait for the root again
  }

  private void take(RowBlock block) throws Exception {
    harness.processElement(block, 0);
  }

  private List<PublisherInput.Part> parts() {
    return harness.extractOutputValues().stream().map(PublisherInput.Part.class::cast).toList();
  }

  private interface Action {
    void run() throws Exception;
  }

  private static Thread later(Action action) {
    Thread thread =
        new Thread(
            () -> {
              try {
                Thread.sleep(300);
                action.run();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    thread.start();
    return thread;
  }
}
