package io.freshet.serve.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.freshet.model.gauge.PublishedGauge;
import io.freshet.model.row.RowWeights;
import io.freshet.serve.model.SampleModel;
import io.freshet.serve.model.ServedModel;
import io.freshet.serve.rows.StoreKind;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.maintain.Compaction;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.Snapshot;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import io.freshet.snapshot.write.PartFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each file of a root is cut off, and has a bit flipped, at each offset where something begins or
 * ends in it: each reader names the file, or has the model as it was published.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SnapshotDamageTest {
  private static final Version FULL = new Version("0badcafe", 1);
  private static final Version DELTA = new Version("0badcafe", 2);
  private static final long[] FIDS = {1L << 52 | 5, 1L << 52 | 9, 2L << 52 | 7};
  private static final long SEED = 20270401;

  /** Databases on disk are slow to make: one damage of so many is shown to them. */
  private static final int ON_DISK = 400;

  private static final int DAMAGES_OF_A_DATABASE = 4;

  private final Random random = new Random(SEED);
  @TempDir private Path root;
  @TempDir private Path folder;
  private SnapshotStore store;
  private Contents good;
  private int damages;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void isRefusedWithItsFileOrHarmless(boolean merged) throws Exception {
    publish();
    if (merged) {
      assertThat(Compaction.of(new LocalStorage(root)).merge(DELTA)).isPresent();
    }
    good = Contents.of(new SnapshotReader(store).load(DELTA));

    for (Path file : filesOf(root)) {
      byte[] bytes = Files.readAllBytes(file);
      for (int at : offsets(bytes)) {
        check(file, Arrays.copyOf(bytes, at), "cut off at " + at);
        int bits = at < 8 && !isJson(file) ? 8 : 1;
        for (int bit = 0; bit < bits; bit++) {
          byte[] flipped = bytes.clone();
          flipped[at] ^= (byte) (1 << (bits == 8 ? bit : random.nextInt(8)));
          check(file, flipped, "bit flipped at " + at);
        }
      }
      Files.write(file, bytes);
    }
    assertThat(damages).isGreaterThan(1000);
    assertThat(new SnapshotReader(store).verify(DELTA).problems()).isEmpty();
  }

  @Test
  void aDatabaseOnDiskThatIsDamagedIsMadeAgain() throws Exception {
    publish();
    good = Contents.of(new SnapshotReader(store).load(DELTA));
    Path database = folder.resolve("0");
    assertThat(follow(StoreKind.ROCKSDB, "sound")).isEqualTo(FollowerState.Kind.CURRENT);
    int files = filesOf(database).size();
    for (int i = 0; i < files; i++) {
      for (int damage = 0; damage < DAMAGES_OF_A_DATABASE; damage++) {
        Path file = filesOf(database).get(i);
        byte[] bytes = Files.readAllBytes(file);
        int at = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
        if (damage % 2 == 0) {
          Files.write(file, Arrays.copyOf(bytes, at));
        } else if (bytes.length > 0) {
          bytes[at] ^= (byte) (1 << random.nextInt(8));
          Files.write(file, bytes);
        }
        String what = "seed %s: %s, damage %s at %s".formatted(SEED, file, damage, at);
        assertThat(follow(StoreKind.ROCKSDB, what)).as(what).isEqualTo(FollowerState.Kind.CURRENT);
      }
    }
    assertThat(files).isGreaterThan(4);
  }

  private void publish() throws IOException {
    SampleModel sample = new SampleModel(root);
    sample.full(FULL, 0.25f, FIDS);
    sample.delta(DELTA, FULL, 0.5f, List.of(FIDS[1]), FIDS[2]);
    store = new SnapshotStore(new LocalStorage(root));
  }

  private void check(Path file, byte[] bytes, String how) throws IOException {
    Files.write(file, bytes);
    damages++;
    String what = "seed %s: %s %s".formatted(SEED, root.relativize(file), how);
    try {
      List<String> problems = new SnapshotReader(store).verify(DELTA).problems();
      assertThat(problems).as(what).allSatisfy(problem -> namesAFile(problem, what));
      Optional<String> refused = load(what);
      refused.ifPresent(reason -> assertThat(problems).as(what).isNotEmpty());
      follow(StoreKind.MEMORY, what);
      if (damages % ON_DISK == 0) {
        follow(StoreKind.ROCKSDB, what);
      }
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      fail(what, e);
    }
  }

  private Optional<String> load(String what) {
    try {
      assertThat(Contents.of(new SnapshotReader(store).load(DELTA))).as(what).isEqualTo(good);
      return Optional.empty();
    } catch (IOException e) {
      namesAFile(e.getMessage(), what);
      return Optional.of(e.getMessage());
    }
  }

  private FollowerState.Kind follow(StoreKind kind, String what) throws IOException {
    Path own = folder.resolve(String.valueOf(damages));
    try (SnapshotFollower follower =
        new SnapshotFollower(store, kind.open(own), () -> Instant.EPOCH)) {
      follower.look();
      FollowerState state = follower.state();
      if (state.kind() == FollowerState.Kind.CURRENT) {
        assertThat(Contents.of(follower.model().orElseThrow())).as(what).isEqualTo(good);
      } else {
        assertThat(follower.model()).as(what).isEmpty();
        namesAFile(state.problem().orElseThrow(), what);
      }
      return state.kind();
    }
  }

  /** A file, or a version, of which the folder is. */
  private static void namesAFile(String problem, String what) {
    assertThat(problem)
        .as(what)
        .matches("(?s).*(latest\\.json|" + FULL + "|" + DELTA + ").*")
        .doesNotContain("Exception", "\n");
  }

  /** All that scores come from. */
  private record Contents(
      Manifest manifest, List<String> rows, String dense, PublishedGauge gauge) {
    static Contents of(Snapshot snapshot) {
      return of(snapshot.manifest(), snapshot::read, snapshot.denseVector(), snapshot.gauge());
    }

    static Contents of(ServedModel model) {
      return of(model.manifest(), model::read, model.dense(), model.gauge());
    }

    private static Contents of(
        Manifest manifest, RowWeights weights, float[] dense, PublishedGauge gauge) {
      List<String> rows = new ArrayList<>();
      for (long fid : FIDS) {
        float[] row = new float[SampleModel.WIDTH];
        weights.read(fid, row, 0);
        rows.add(Arrays.toString(row));
      }
      return new Contents(manifest, rows, Arrays.toString(dense), gauge);
    }
  }

  private static boolean isJson(Path file) {
    return file.toString().endsWith(".json");
  }

  private List<Path> filesOf(Path top) throws IOException {
    try (Stream<Path> files = Files.walk(top)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.startsWith(root.resolve(PartFile.STAGING))) // links to the others
          .sorted()
          .toList();
    }
  }

  /** Where a token of JSON begins or ends, each byte of a length, every other byte of a tensor. */
  private static TreeSet<Integer> offsets(byte[] bytes) {
    TreeSet<Integer> offsets = new TreeSet<>();
    for (int i = 0; i < bytes.length; i++) {
      if (i < 9 || "{}[]:,\"".indexOf(bytes[i]) >= 0 || i % 7 == 0 && bytes[i] <= 0) {
        offsets.add(i);
      }
    }
    return offsets;
  }
}
