package io.freshet.serve.rows;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.serve.follow.FollowerState.Kind;
import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.model.SampleModel;
import io.freshet.serve.model.ServedModel;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deltas that are written in many pieces, and what becomes of one that is half written. */
final class RocksPiecesTest {
  private static final Version FULL = new Version("0badcafe", 1);
  private static final Version WITHHELD = new Version("0badcafe", 2);
  private static final Version NEXT = new Version("0badcafe", 3);
  private static final Version ELSEWHERE = new Version("0badcafe", 4);
  private static final int PIECE = 7;

  @TempDir private Path root;
  @TempDir private Path folder;
  private SampleModel sample;
  private SnapshotFollower follower;
  private Instant now = Instant.EPOCH;

  @BeforeEach
  void publish() throws IOException {
    sample = new SampleModel(root);
    sample.full(FULL, 1, LongStream.rangeClosed(1, 100).toArray());
    start();
    look();
  }

  @AfterEach
  void close() {
    follower.close();
  }

  @Test
  void aDeltaOfManyPiecesIsOneVersionForEveryReader() throws IOException {
    ServedModel old = follower.hold().orElseThrow();
    sample.delta(NEXT, FULL, 2, ids(50, 120), 1, 2, 3);
    look();

    assertServes(NEXT, 117);
    assertRows(4, 49, 1);
    assertRows(50, 120, 2);
    assertThat(old.size()).isEqualTo(100);
    assertThat(value(old, 50)).isEqualTo(1);
    old.release();
  }

  @Test
  void whatIsHalfWrittenIsServedByNobodyBeforeItIsWhole() throws IOException {
    Path rows = interrupt();

    assertThat(follower.state().kind()).isEqualTo(Kind.FAILING);
    assertServes(FULL, 100);
    assertRows(1, 100, 1);
    Files.move(
        root, folder.resolve("no-root")); // else a version that was left is not served anyway
    restart();
    assertThat(follower.model()).as("rows of two versions").isEmpty();
    Files.move(folder.resolve("no-root"), root);
    Files.move(folder.resolve("away"), rows);
    look();
    assertServes(NEXT, 119);
    assertRows(1, 49, 1);
    assertRows(50, 120, 3);
    restart();
    assertServes(NEXT, 119);
  }

  @Test
  void anErrorThatGoesAwayCostsNoRestart() throws IOException {
    Path rows = interrupt();
    Files.move(folder.resolve("away"), rows);
    look();

    assertServes(NEXT, 119);
    assertRows(50, 120, 3);
  }

  @Test
  void whereTheRestCannotBeHadAFullTakesItsPlace() throws IOException {
    interrupt();
    restart();
    sample.delta(ELSEWHERE, FULL, 4, List.of(1L));
    look();

    assertThat(follower.state().problem().orElseThrow())
        .contains("holds a part of version " + NEXT, "version " + ELSEWHERE);
    look();
    assertServes(ELSEWHERE, 100);
    assertRows(1, 1, 4);
    assertRows(2, 100, 1);
  }

  /** Ends an addition in the middle: a withheld delta is written, and the next is not found. */
  private Path interrupt() throws IOException {
    sample.delta(WITHHELD, FULL, Float.NaN, ids(50, 120), 61);
    sample.delta(NEXT, WITHHELD, 3, ids(50, 120).stream().filter(id -> id != 61).toList());
    Path rows = root.resolve(NEXT + "/embeddings-00000-of-00001.safetensors");
    Files.move(rows, folder.resolve("away"));
    look();
    return rows;
  }

  private static List<Long> ids(long from, long to) {
    return LongStream.rangeClosed(from, to).boxed().toList();
  }

  private void start() throws IOException {
    StoreFolder store = new StoreFolder(folder.resolve("store"));
    follower =
        new SnapshotFollower(
            new SnapshotStore(new LocalStorage(root)),
            new RocksStore(store, 8 << 20, PIECE),
            () -> now);
  }

  private void restart() throws IOException {
    follower.close();
    start();
    look();
  }

  private void look() {
    now = now.plusSeconds(20); // longer than any pause between two tries
    follower.look();
  }

  private void assertServes(Version version, long size) {
    ServedModel model = follower.model().orElseThrow();
    assertThat(model.version()).isEqualTo(version);
    assertThat(model.size()).isEqualTo(size);
  }

  private void assertRows(long from, long to, float value) {
    for (long id = from; id <= to; id++) {
      if (id != 61 || !follower.model().orElseThrow().version().equals(NEXT) || value != 3) {
        assertThat(value(follower.model().orElseThrow(), id)).as("id %d", id).isEqualTo(value);
      }
    }
  }

  private static float value(ServedModel model, long id) {
    float[] row = new float[SampleModel.WIDTH];
    assertThat(model.read(id, row, 0)).as("id %d", id).isTrue();
    return row[0];
  }
}
