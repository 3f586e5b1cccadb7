package io.freshet.serve.rows;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.serve.follow.FollowerState.Kind;
import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.model.SampleModel;
import io.freshet.serve.model.Scorer;
import io.freshet.serve.model.ServedModel;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.Pointer;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a store on disk adds: restarts, damage to the disk, and databases that come and go. */
class RocksStoreTest {
  private static final Version FULL = new Version("0badcafe", 1);
  private static final Version DELTA = new Version("0badcafe", 2);
  private static final Version OTHER = new Version("12345678", 1);
  private static final long MEMORY = 8 << 20;

  @TempDir Path root;
  @TempDir Path parent;
  private Path folder;
  private SampleModel sample;
  private SnapshotFollower follower;

  @BeforeEach
  void open() throws Exception {
    folder = parent.resolve("store");
    sample = new SampleModel(root);
    start(new RocksStore(folder, MEMORY));
  }

  @AfterEach
  void close() {
    follower.close();
  }

  @Test
  void aRestartServesAtOnceWhatTheStoreHoldsAndLoadsLaterDeltasOnly() throws Exception {
    sample.full(FULL, 1, 1, 2, 3);
    follower.look();
    restart();
    assertServes(FULL, 1, 1, 2, 3);

    sample.delta(DELTA, FULL, 2, List.of(1L, 4L), 2);
    deleteRows(FULL);
    follower.look();

    assertServes(DELTA, 2, 1, 4);
    assertThat(value(3)).isEqualTo(1);
    assertThat(follower.state().kind()).isEqualTo(Kind.CURRENT);
    assertThat(follower.model().orElseThrow().dense()).containsOnly(2);
    restart();
    assertServes(DELTA, 2, 1, 4);
    assertThat(follower.model().orElseThrow().gauge()).isEqualTo(SampleModel.GAUGE);
  }

  @Test
  void aRestartServesWhileTheSnapshotsAreAway() throws Exception {
    sample.full(FULL, 1, 1);
    follower.look();
    follower.close();
    Files.move(root, parent.resolve("away"));
    start(new RocksStore(folder, MEMORY));
    follower.look();

    assertServes(FULL, 1, 1);
    assertThat(follower.state().kind()).isEqualTo(Kind.FAILING);
    Files.move(parent.resolve("away"), root);
    follower.look();
    assertThat(follower.state().kind()).isEqualTo(Kind.CURRENT);
  }

  @Test
  void aRestartDoesNotServeAgainWhatWasRolledBack() throws Exception {
    sample.full(FULL, 1, 1);
    sample.delta(DELTA, FULL, 2, List.of(1L));
    follower.look();
    follower.close();
    Pointer.of(new LocalStorage(root)).rollBack(FULL, "bad", false);
    Path rows = root.resolve(FULL + "/embeddings-00000-of-00001.safetensors");
    Files.move(rows, parent.resolve("away"));
    start(new RocksStore(folder, MEMORY));

    assertThat(follower.model()).isEmpty();
    Files.move(parent.resolve("away"), rows);
    Thread.sleep(600); // the first pause between two tries
    follower.look();
    assertServes(FULL, 1, 1);
  }

  @Test
  void aRestartServesNothingThatWasRolledBackBeforeTheNextPublication() throws Exception {
    sample.full(FULL, 1, 1);
    sample.delta(DELTA, FULL, 2, List.of(1L));
    follower.look();
    follower.close();
    Pointer.of(new LocalStorage(root)).rollBack(FULL, "bad", false);
    Version next = new Version("0badcafe", 3);
    sample.delta(next, DELTA, 3, List.of(1L));
    deleteRows(next);
    start(new RocksStore(folder, MEMORY));

    assertThat(follower.model()).isEmpty();
    assertThat(follower.state().kind()).isEqualTo(Kind.FAILING);
  }

  @Test
  void itsMemoryIsKnownForAsLongAsItIsOpen() throws Exception {
    sample.full(FULL, 1, 1, 2);
    follower.look();

    assertThat(follower.nativeBytes())
        .containsOnlyKeys("cache", "cache pinned", "memtables", "table readers")
        .allSatisfy((part, bytes) -> assertThat(bytes).as(part).isBetween(0L, MEMORY))
        .hasEntrySatisfying("cache", bytes -> assertThat(bytes).isPositive());
    assertThat(follower.model().orElseThrow().freshness(java.time.Instant.now())).isPresent();
    follower.close();
    assertThat(follower.nativeBytes()).isEmpty();
  }

  @Test
  void oneServerHasTheFolder() {
    assertThatThrownBy(() -> new RocksStore(folder, MEMORY))
        .isInstanceOf(IOException.class)
        .hasMessage("the store folder " + folder + " is in use by another server");
  }

  @Test
  void anotherLineageComesInADatabaseOfItsOwnAndTheOldOneGoesWithItsLastReader() throws Exception {
    sample.full(FULL, 1, 1, 2);
    follower.look();
    ServedModel old = follower.model().orElseThrow();
    Scorer scorer = old.newScorer();
    float before = scorer.score(SampleModel.FEATURES);
    sample.full(OTHER, 5, 7);
    follower.look();

    assertServes(OTHER, 5, 7);
    assertThat(databases()).containsExactly("rows-00000001", "rows-00000002");
    assertThat(scorer.score(SampleModel.FEATURES)).isEqualTo(before);

    scorer.close();
    follower.look();
    assertThat(databases()).containsExactly("rows-00000002");
    assertThatThrownBy(old::newScorer)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(FULL.toString());
    assertThatThrownBy(() -> scorer.score(SampleModel.FEATURES))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aDiskWithoutRoomIsToldAndTheOldModelServed() throws Exception {
    follower.close();
    Cramped cramped = new Cramped(folder);
    start(new RocksStore(cramped, MEMORY));
    sample.full(FULL, 1, 1, 2);
    follower.look();
    cramped.isFull = true;
    sample.full(OTHER, 5, 7);
    follower.look();

    assertServes(FULL, 1, 1, 2);
    assertThat(follower.state().problem()).get().asString().contains("no room");
    assertThat(databases()).containsExactly("rows-00000001");
    cramped.isFull = false;
    Thread.sleep(600); // the first pause between two tries
    follower.look();
    assertServes(OTHER, 5, 7);
  }

  @Test
  void aStoreThatCannotBeReadStartsAgain() throws Exception {
    sample.full(FULL, 1, 1, 2);
    follower.look();
    follower.close();
    Files.delete(folder.resolve("rows-00000001/CURRENT"));
    Files.writeString(folder.resolve("rows-00000001/IDENTITY"), "x", UTF_8);
    try (Stream<Path> files = Files.list(folder.resolve("rows-00000001"))) {
      for (Path file : files.filter(f -> f.toString().contains("MANIFEST")).toList()) {
        Files.writeString(file, "no manifest");
      }
    }
    start(new RocksStore(folder, MEMORY));
    follower.look();

    assertServes(FULL, 1, 1, 2);
  }

  @Test
  void aRowThatCannotBeReadAnyMoreIsMendedByALoadFromTheFull() throws Exception {
    sample.full(FULL, 1, 1, 2);
    follower.look();
    restart(); // with nothing in the cache
    try (Stream<Path> files = Files.list(folder.resolve("rows-00000001"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".sst")).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        bytes[3] ^= 1; // in the first block of data
        Files.write(file, bytes);
      }
    }
    assertThatThrownBy(() -> value(1)).hasMessageContaining("rows-00000001");
    follower.look();

    assertServes(FULL, 1, 1, 2);
    assertThat(databases()).contains("rows-00000002");
  }

  @Test
  void whatALoadLeftBehindIsSwept() throws Exception {
    sample.full(FULL, 1, 1, 2);
    follower.look();
    follower.close();
    Files.createDirectories(folder.resolve("rows-00000007"));
    Files.copy(
        folder.resolve("current"),
        folder.resolve("rows-00000007/half"),
        StandardCopyOption.REPLACE_EXISTING);
    start(new RocksStore(folder, MEMORY));

    assertThat(databases()).containsExactly("rows-00000001");
    assertServes(FULL, 1, 1, 2);
  }

  private void restart() throws IOException {
    follower.close();
    start(new RocksStore(folder, MEMORY));
  }

  private void start(RocksStore store) {
    SnapshotStore snapshots = new SnapshotStore(new LocalStorage(root));
    follower = new SnapshotFollower(snapshots, store, InstantSource.system());
    follower.look();
  }

  private void assertServes(Version version, float value, long... fids) {
    ServedModel model = follower.model().orElseThrow();
    assertThat(model.version()).isEqualTo(version);
    for (long fid : fids) {
      assertThat(value(fid)).isEqualTo(value);
    }
  }

  private float value(long fid) {
    float[] row = new float[SampleModel.WIDTH];
    assertThat(follower.model().orElseThrow().read(fid, row, 0)).isTrue();
    return row[0];
  }

  private void deleteRows(Version version) throws IOException {
    Files.delete(root.resolve(version + "/embeddings-00000-of-00001.safetensors"));
  }

  private List<String> databases() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> name.startsWith("rows"))
          .sorted()
          .toList();
    }
  }

  /** A folder on a disk that may be full. */
  private static final class Cramped extends StoreFolder {
    private boolean isFull;

    Cramped(Path folder) throws IOException {
      super(folder);
    }

    @Override
    void checkSpace(long bytes) throws IOException {
      if (isFull) {
        throw new IOException("no room for " + bytes);
      }
    }
  }
}
