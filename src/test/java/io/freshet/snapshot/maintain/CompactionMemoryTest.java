package io.freshet.snapshot.maintain;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.model.row.RowBlock;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.publish.SampleChain;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.SnapshotStore;
import io.freshet.snapshot.store.TinyModel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Merges and compares models that are larger than the heap of the process that does it. */
class CompactionMemoryTest {
  private static final int ROWS = 200_000;
  private static final int PARTS = 12;
  private static final String HEAP = "-Xmx48m"; // of which 24 MB are the merge's own

  @TempDir Path root;

  @Test
  void aModelLargerThanTheHeapIsMergedAndCompared() throws Exception {
    SampleChain chain = new SampleChain(root);
    RowBlock[] parts = new RowBlock[PARTS];
    Arrays.setAll(parts, part -> block(part, part));
    Version full = chain.publish(1, parts);
    Version delta = chain.publish(2, block(1, 99), block(2, 99));
    assertThat(chain.store.manifest(full).bytes()).isGreaterThan(60_000_000);

    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP,
                "-cp",
                System.getProperty("java.class.path"),
                CompactionMemoryTest.class.getName(),
                root.toString(),
                full.toString(),
                delta.toString())
            .inheritIO()
            .start();

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    assertThat(chain.store.merged(delta).orElseThrow().rows()).isEqualTo((long) ROWS * PARTS);
  }

  /** What the small process does: {@code root full delta}. */
  public static void main(String[] args) throws Exception {
    LocalStorage storage = new LocalStorage(Path.of(args[0]));
    Version full = Version.parse(args[1]).orElseThrow();
    Version delta = Version.parse(args[2]).orElseThrow();
    Optional<Manifest> merged = Compaction.of(storage).merge(delta);
    SnapshotDiff diff = SnapshotDiff.between(new SnapshotStore(storage), full, delta);
    boolean right =
        merged.isPresent()
            && diff.all().changed() == 2L * ROWS
            && diff.all().same() == (PARTS - 2L) * ROWS
            && diff.all().added() == 0;
    Runtime.getRuntime().exit(right ? 0 : 1);
  }

  private static RowBlock block(int part, int seed) {
    long[] fids = new long[ROWS];
    Arrays.setAll(fids, i -> (long) i * PARTS + part);
    return TinyModel.rows(seed, fids);
  }
}
