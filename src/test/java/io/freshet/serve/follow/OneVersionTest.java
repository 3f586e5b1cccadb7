package io.freshet.serve.follow;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.serve.model.SampleModel;
import io.freshet.serve.model.ServedModel;
import io.freshet.serve.rows.StoreKind;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whoever holds a model sees exactly its version, while deltas, other lineages and rollbacks are
 * loaded as fast as they can be: readers compare all rows with what the version is known to hold.
 */
@Timeout(120)
class OneVersionTest {
  private static final int READERS = 3;
  private static final int FIDS = 400;
  private static final int VERSIONS = 40;

  @TempDir Path root;
  @TempDir Path folder;
  private final Map<Version, Map<Long, Float>> contents = new ConcurrentHashMap<>();
  private volatile boolean publishing = true;

  @ParameterizedTest
  @EnumSource
  void readersSeeAllOfOneVersionAndNothingOfAnother(StoreKind kind) throws Exception {
    long seed = new Random().nextLong();
    SnapshotStore snapshots = new SnapshotStore(new LocalStorage(root));
    ExecutorService readers = Executors.newFixedThreadPool(READERS);
    try (SnapshotFollower follower =
        new SnapshotFollower(snapshots, kind.open(folder), InstantSource.system())) {
      Publisher publisher = new Publisher(seed);
      publisher.full();
      follower.look();
      follower.start(Duration.ofMillis(1));
      List<Future<Integer>> read = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        read.add(readers.submit(() -> readOn(follower, seed)));
      }
      for (int i = 0; i < VERSIONS; i++) {
        publisher.next();
        Thread.sleep(5);
      }
      while (!follower.model().orElseThrow().version().equals(publisher.pointer)) {
        Thread.sleep(5);
      }
      publishing = false;
      int seen = 0;
      for (Future<Integer> versions : read) {
        seen += versions.get();
      }
      assertThat(seen).as("changes of version seen, seed %d", seed).isGreaterThan(VERSIONS / 4);
    } finally {
      publishing = false;
      readers.shutdownNow();
    }
  }

  /** Reads whole models until the publisher is done; how many other versions came by. */
  private int readOn(SnapshotFollower follower, long seed) {
    int seen = 0;
    Version last = null;
    while (publishing) {
      ServedModel model = follower.hold().orElseThrow();
      try {
        assertHolds(model, seed);
      } finally {
        model.release();
      }
      seen += model.version().equals(last) ? 0 : 1;
      last = model.version();
    }
    return seen;
  }

  private void assertHolds(ServedModel model, long seed) {
    Map<Long, Float> expected = contents.get(model.version());
    float[] row = new float[SampleModel.WIDTH];
    Map<Long, Float> found = new TreeMap<>();
    for (long fid = 0; fid < FIDS; fid++) {
      if (model.rows().read(fid, row, 0)) {
        found.put(fid, row[0] == row[1] && row[1] == row[2] ? row[0] : Float.NaN);
      }
    }
    if (!found.equals(expected) || model.size() != expected.size()) {
      assertThat(found).as("seed %d, version %s", seed, model.version()).isEqualTo(expected);
      assertThat(model.size()).as("rows of %s", model.version()).isEqualTo(expected.size());
    }
  }

  /** Publishes deltas of random rows and tombstones; now and then branches off, or goes back. */
  private final class Publisher {
    private final Random random;
    private final SampleModel sample = new SampleModel(root);
    private final List<Version> published = new ArrayList<>();
    private Version pointer;
    private int number;

    Publisher(long seed) {
      random = new Random(seed);
    }

    void full() throws IOException {
      Map<Long, Float> rows = new TreeMap<>();
      float value = ++number;
      random.longs(FIDS / 2, 0, FIDS).forEach(fid -> rows.put(fid, value));
      Version version = name();
      contents.put(version, rows);
      sample.full(version, value, rows.keySet().stream().mapToLong(fid -> fid).toArray());
      pointer = version;
    }

    void next() throws IOException {
      switch (random.nextInt(10)) {
        case 0 -> full();
        case 1 -> {
          pointer = published.get(random.nextInt(published.size()));
          sample.pointTo(pointer);
        }
        default -> delta();
      }
    }

    private void delta() throws IOException {
      Version parent = pointer;
      Map<Long, Float> rows = new TreeMap<>(contents.get(parent));
      float value = ++number;
      List<Long> touched = random.longs(FIDS / 4, 0, FIDS).distinct().sorted().boxed().toList();
      long[] removed =
          random
              .longs(FIDS / 8, 0, FIDS)
              .distinct()
              .filter(f -> !touched.contains(f))
              .sorted()
              .toArray();
      touched.forEach(fid -> rows.put(fid, value));
      for (long fid : removed) {
        rows.remove(fid);
      }
      Version version = name();
      contents.put(version, rows);
      sample.delta(version, parent, value, touched, removed);
      pointer = version;
    }

    private Version name() {
      Version version =
          new Version(String.format(Locale.ROOT, "%08x", random.nextInt(3)), ++number);
      published.add(version);
      return version;
    }
  }
}
