package io.freshet.snapshot.store;

import static io.freshet.snapshot.store.TinyModel.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.publish.PublisherRig;
import io.freshet.snapshot.storage.FaultyStorage;
import io.freshet.snapshot.storage.WritableStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PointerTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  @TempDir Path root;
  private PublisherRig publisher;
  private Version first;
  private Version second;
  private Pointer pointer;

  @BeforeEach
  void publish() throws Exception {
    publisher = PublisherRig.start(root);
    pointer = new Pointer(publisher.storage, () -> NOW);
    publisher.barrier(1, 1, rows(10, 1, 2));
    first = publisher.publish(1);
    publisher.barrier(2, 2, rows(20, 2));
    second = publisher.publish(2);
  }

  @AfterEach
  void close() throws IOException {
    Files.deleteIfExists(root.resolve("pin.json")); // a broken one holds a publication up
    publisher.close();
  }

  @Test
  void aRollbackLastsUntilTheNextPublication() throws Exception {
    pointer.rollBack(first, "calibration is off", false);

    assertThat(publisher.store.latest()).contains(first);
    assertThat(Files.readString(root.resolve("latest.json"))).contains("calibration is off");

    Version third = publishThird();
    assertThat(publisher.store.latest()).contains(third);
  }

  @Test
  void aPinOutlastsPublicationsUntilItIsRemoved() throws Exception {
    pointer.pin(first, "frozen for the sale", false);

    assertThat(publisher.store.pin()).contains(new Pin(first, "frozen for the sale", NOW));
    assertThat(publisher.store.latest()).contains(first);

    for (int checkpoint = 3; checkpoint <= 4; checkpoint++) {
      publisher.barrier(checkpoint, checkpoint, rows(30, 2));
      publisher.complete(checkpoint);
    }
    Version third = new Version(first.lineage(), 3);
    Version fourth = new Version(first.lineage(), 4);
    while (!publisher.store.contains(fourth)) { // so the third's publication is over
      Thread.sleep(5);
    }
    assertThat(publisher.store.contains(third)).isTrue();
    assertThat(publisher.store.latest()).contains(first);

    assertThat(pointer.unpin("the sale is over")).isEqualTo(fourth);
    assertThat(publisher.store.pin()).isEmpty();
    // the fourth's own publication may have seen the pin, and looks again
    assertThat(publisher.awaitLatest(4)).isEqualTo(fourth);
    assertThat(publisher.reader.verify(fourth).problems()).isEmpty();
  }

  @Test
  void aPinGoesBeforeARollback() throws Exception {
    pointer.pin(second, "frozen for the sale", false);

    assertThatThrownBy(() -> pointer.rollBack(first, "calibration is off", false))
        .isInstanceOf(IOException.class)
        .hasMessage("version " + second + " is pinned: frozen for the sale; unpin it first");
    assertThat(publisher.store.latest()).contains(second);
  }

  @Test
  void aVersionThatIsNotThereMovesNothing() {
    Version none = new Version("12345678", 9);

    assertThatThrownBy(() -> pointer.pin(none, "why", false))
        .hasMessageContaining("no version " + none);
    assertThatThrownBy(() -> pointer.rollBack(none, "why", false))
        .hasMessageContaining("no version " + none);
    assertThat(root.resolve("pin.json")).doesNotExist();
  }

  @Test
  void aPinThatIsNoneKeepsThePointerWhereItIs() throws Exception {
    Files.writeString(root.resolve("pin.json"), "{\"format\": \"1.0\"}");

    assertThatThrownBy(() -> publisher.store.pin())
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("pin.json in " + root)
        .hasMessageContaining("\"version\" is missing");
    assertThatThrownBy(() -> pointer.published(publisher.store.manifest(first)))
        .isInstanceOf(IOException.class);
    assertThat(publisher.store.latest()).contains(second);

    // the publisher, which looks at the pin after it has moved the pointer, waits for a good one
    Files.delete(root.resolve("pin.json"));
  }

  @Test
  void anUnpinningDuringAPublicationIsHeeded() throws Exception {
    pointer.pin(first, "frozen", false);
    WritableStorage unpinnedMeanwhile =
        new FaultyStorage(publisher.storage, -1, FaultyStorage.When.BEFORE) {
          @Override
          public void replace(String path, byte[] content) throws IOException {
            if (publisher.store.pin().isPresent()) {
              pointer.unpin("thawed"); // between the look at the pin and the pointer's move
            }
            super.replace(path, content);
          }
        };

    new Pointer(unpinnedMeanwhile, () -> NOW).published(publisher.store.manifest(second));

    assertThat(publisher.store.latest()).contains(second);
  }

  @Test
  void aFailoverUndoesNoRollback() throws Exception {
    pointer.rollBack(first, "calibration is off", false);

    pointer.finish(publisher.store.manifest(second));
    assertThat(publisher.store.latest()).contains(first);

    pointer.unpin("it was not");
    Files.delete(root.resolve("latest.json"));
    pointer.finish(publisher.store.manifest(second));
    assertThat(publisher.store.latest()).contains(second);

    pointer.finish(publisher.store.manifest(first)); // an older one does not push a newer away
    assertThat(publisher.store.latest()).contains(second);
  }

  private Version publishThird() throws Exception {
    publisher.barrier(3, 3, rows(30, 2));
    return publisher.publish(3);
  }
}
