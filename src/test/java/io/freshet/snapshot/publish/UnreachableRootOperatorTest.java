package io.freshet.snapshot.publish;

import static io.freshet.snapshot.store.TinyModel.rows;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.TinyModel;
import io.freshet.snapshot.write.PublisherInput;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A root of snapshots that is away for a while. */
class UnreachableRootOperatorTest {
  @TempDir Path folder;

  @Test
  void anUnreachableRootIsWaitedForAndFailsNothing() throws Exception {
    Path root = folder.resolve("root");
    Path elsewhere = folder.resolve("elsewhere");
    PublisherInput.Part part = TinyModel.part(new LocalStorage(elsewhere), rows(1, 10));
    Files.writeString(root, "a file where the folder should be");
    try (PublisherRig rig = PublisherRig.start(root)) {
      rig.announce(part);
      rig.announceDense(1);
      rig.emptyBarrier(1);
      rig.complete(1);
      Thread.sleep(300);
      rig.emptyBarrier(2);
      rig.complete(2);

      Files.delete(root);
      Files.move(elsewhere, root);

      rig.awaitLatest(2);
      assertThat(rig.latest().fids()).containsExactly(10);
    }
  }

  @Test
  void theEndOfARunWaitsForItsLastVersion() throws Exception {
    Path root = folder.resolve("root");
    Path away = folder.resolve("away");
    PublisherRig rig = PublisherRig.start(root);
    rig.barrier(1, 1, rows(1, 10));
    rig.publish(1);
    rig.barrier(2, 2, rows(2, 20));
    Files.move(root, away);
    Files.createFile(root);
    rig.complete(2);
    Thread mender = mendLater(root, away);

    rig.close();

    mender.join();
    assertThat(rig.latest().fids()).containsExactly(10, 20);
  }

  @Test
  void aCancelledRunDoesNotWait() throws Exception {
    Path root = folder.resolve("root");
    Files.createFile(root);
    PublisherRig rig = PublisherRig.start(root);
    rig.announceDense(1);
    rig.emptyBarrier(1);
    rig.complete(1);
    rig.cancel();
    Instant before = Instant.now();

    rig.close();

    assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(3));
  }

  private static Thread mendLater(Path root, Path away) {
    Thread mender =
        new Thread(
            () -> {
              try {
                Thread.sleep(400);
                Files.delete(root);
                Files.move(away, root);
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    mender.start();
    return mender;
  }
}
