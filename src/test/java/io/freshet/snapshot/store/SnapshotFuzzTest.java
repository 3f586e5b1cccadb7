package io.freshet.snapshot.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.freshet.Damage;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.publish.PublisherRig;
import io.freshet.snapshot.storage.LocalStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Damaged manifests and pointers: read or refused as I/O errors that name the file, and no file
 * outside the version's folder is ever opened for them.
 */
final class SnapshotFuzzTest {
  private static final int TEXTS = 120;

  @TempDir private Path root;
  private SnapshotStore store;
  private Version version;

  @BeforeEach
  void publish() throws Exception {
    try (PublisherRig rig = PublisherRig.start(root)) {
      rig.barrier(1, 1, TinyModel.rows(1, 10, 20));
      version = rig.publish(1);
    }
    store = new SnapshotStore(new LocalStorage(root));
  }

  @ParameterizedTest
  @ValueSource(longs = {20260401, 20260402, 20260403})
  void damagedManifestsAreReadOrRefused(long seed) throws Exception {
    Path file = root.resolve(version.toString()).resolve("manifest.json");
    fuzz(file, seed, () -> new SnapshotReader(store).load(version));
    fuzz(file, seed + 100, () -> new SnapshotReader(store).verify(version));
  }

  @ParameterizedTest
  @ValueSource(longs = {20260501, 20260502, 20260503})
  void damagedPointersAreReadOrRefused(long seed) throws Exception {
    fuzz(root.resolve("latest.json"), seed, () -> store.latest());
    Pointer.of(new LocalStorage(root)).pin(version, "held", false);
    fuzz(root.resolve("pin.json"), seed + 100, () -> store.pin());
  }

  private interface Reading {
    Object read() throws IOException;
  }

  private static void fuzz(Path file, long seed, Reading reading) throws IOException {
    String good = Files.readString(file);
    Damage damage = new Damage(good, new Random(seed));
    for (int i = 0; i < TEXTS; i++) {
      byte[] text = damage.next();
      Files.write(file, text);
      try {
        reading.read();
      } catch (IOException e) {
        assertThat(e.getMessage()).isNotBlank();
      } catch (Exception | StackOverflowError | OutOfMemoryError e) {
        fail("seed %s, text %s: %s".formatted(seed, i, new String(text, UTF_8)), e);
      }
    }
    Files.writeString(file, good);
  }
}
