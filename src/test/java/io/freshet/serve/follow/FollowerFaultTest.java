package io.freshet.serve.follow;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.serve.follow.FollowerState.Kind;
import io.freshet.serve.model.SampleModel;
import io.freshet.serve.model.ServedModel;
import io.freshet.serve.rows.StoreKind;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.storage.Storage;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The storage fails at the first, second … thing that the follower asks of it, before it answers or
 * half-way through a file: the version from before is served on, whole, until it answers again.
 */
class FollowerFaultTest {
  private static final Version FULL = new Version("0badcafe", 1);
  private static final Version OTHER = new Version("12345678", 1);

  @TempDir Path root;
  @TempDir Path folder;
  private Instant now = Instant.EPOCH;
  private SampleModel sample;
  private FaultyStorage storage;

  @BeforeEach
  void publish() throws Exception {
    sample = new SampleModel(root);
    sample.full(FULL, 1, 1, 2, 3);
    storage = new FaultyStorage(new LocalStorage(root));
  }

  @ParameterizedTest
  @EnumSource
  void noFailureIsSeenByRequestsWhileDeltasAreAdded(StoreKind kind) throws Exception {
    int failures = 0;
    try (SnapshotFollower follower = follower(kind)) {
      follower.look();
      Version held = FULL;
      for (boolean halfway : new boolean[] {false, true}) {
        int failing = 0;
        do {
          Version first = new Version("0badcafe", held.checkpoint() + 1);
          sample.delta(first, held, 2, List.of(2L), 3);
          held = new Version("0badcafe", held.checkpoint() + 2);
          sample.delta(held, first, 3, List.of(3L), 1);
        } while (failsOnTheWayTo(held, follower, halfway, ++failing, 2, 3));
        failures += failing - 1;
      }
    }
    assertThat(failures).isGreaterThan(12);
  }

  @ParameterizedTest
  @EnumSource
  void noFailureIsSeenByRequestsWhileAnotherLineageIsLoaded(StoreKind kind) throws Exception {
    sample.full(OTHER, 7, 1, 7);
    sample.pointTo(FULL);
    int failures = 0;
    try (SnapshotFollower follower = follower(kind)) {
      follower.look();
      for (boolean halfway : new boolean[] {false, true}) {
        int failing = 0;
        boolean failed = true;
        while (failed) {
          sample.pointTo(OTHER);
          failed = failsOnTheWayTo(OTHER, follower, halfway, ++failing, 1, 7);
          sample.pointTo(FULL);
          follower.look();
        }
        failures += failing - 1;
      }
    }
    assertThat(failures).isGreaterThan(6);
  }

  @ParameterizedTest
  @EnumSource
  void aModelThatDoesNotFitTheHeapIsLeftAndTheOneBeforeGoesOn(StoreKind kind) throws Exception {
    sample.full(OTHER, 7, 1, 7);
    sample.pointTo(FULL);
    try (SnapshotFollower follower = follower(kind)) {
      follower.look();
      sample.pointTo(OTHER);
      storage.isHeapFull = true;
      for (int failing = 2; failing <= 4; failing++) {
        now = now.plusSeconds(60);
        storage.failAt = failing;
        follower.look();

        assertThat(follower.state().kind()).isEqualTo(Kind.FAILING);
        assertThat(follower.state().problem()).get().asString().contains("not enough memory");
        assertThat(follower.model().orElseThrow().version()).isEqualTo(FULL);
      }
      storage.failAt = Integer.MAX_VALUE;
      now = now.plusSeconds(60);
      follower.look();
      assertServes(follower, OTHER, 1, 7);
    }
  }

  private SnapshotFollower follower(StoreKind kind) throws Exception {
    return new SnapshotFollower(new SnapshotStore(storage), kind.open(folder), () -> now);
  }

  /** Goes to a version with one failure of the storage on the way; whether it came to that. */
  private boolean failsOnTheWayTo(
      Version version, SnapshotFollower follower, boolean halfway, int failing, long... fids) {
    Version before = follower.model().orElseThrow().version();
    storage.halfway = halfway;
    storage.failAt = failing;
    follower.look();
    boolean failed = follower.state().kind() == Kind.FAILING;
    storage.failAt = Integer.MAX_VALUE;
    if (failed) {
      assertThat(follower.state().problem()).get().asString().contains("out of reach");
      assertThat(follower.model().orElseThrow().version()).isEqualTo(before);
      now = now.plusSeconds(60);
      follower.look();
    }
    assertServes(follower, version, fids);
    return failed;
  }

  @Test
  void aVersionThatFailsIsNotReadAtFullSpeed() throws Exception {
    try (SnapshotFollower follower = follower(StoreKind.MEMORY)) {
      int tries = 0;
      for (int look = 0; look < 600; look++) { // a minute of ten looks a second
        storage.failAt = 3; // behind the pointer and the manifest
        now = now.plusMillis(100);
        follower.look();
        tries += storage.failAt == 0 ? 1 : 0;
      }

      assertThat(follower.state().kind()).isEqualTo(Kind.FAILING);
      assertThat(tries).isBetween(4, 12);
    }
  }

  private static void assertServes(SnapshotFollower follower, Version version, long... fids) {
    ServedModel model = follower.model().orElseThrow();
    assertThat(follower.state().kind()).isEqualTo(Kind.CURRENT);
    assertThat(model.version()).isEqualTo(version);
    assertThat(model.size()).isEqualTo(fids.length);
    for (long fid : fids) {
      assertThat(model.read(fid, new float[SampleModel.WIDTH], 0)).isTrue();
    }
  }

  /** A storage that fails once, at a chosen question. */
  private static final class FaultyStorage implements Storage {
    private final LocalStorage storage;
    private boolean halfway;
    private boolean isHeapFull;
    private int failAt = Integer.MAX_VALUE;

    FaultyStorage(LocalStorage storage) {
      this.storage = storage;
    }

    @Override
    public List<String> list(String folder) throws IOException {
      failIfNow();
      return storage.list(folder);
    }

    @Override
    public boolean exists(String path) {
      return storage.exists(path);
    }

    @Override
    public long size(String path) throws IOException {
      failIfNow();
      return storage.size(path);
    }

    @Override
    public InputStream open(String path) throws IOException {
      if (halfway && failAt == 1) {
        failAt--;
        return new Breaking(storage.open(path), storage.size(path) / 2);
      }
      failIfNow();
      return storage.open(path);
    }

    private void failIfNow() throws IOException {
      if (--failAt == 0) {
        if (isHeapFull) {
          throw new OutOfMemoryError("Java heap space");
        }
        throw new IOException("the storage is out of reach");
      }
    }
  }

  /** A file that breaks off with an error. */
  private static final class Breaking extends FilterInputStream {
    private long left;

    Breaking(InputStream in, long left) {
      super(in);
      this.left = left;
    }

    @Override
    public int read() throws IOException {
      fail(1);
      return super.read();
    }

    @Override
    public int read(byte[] bytes, int from, int n) throws IOException {
      fail(n);
      return super.read(bytes, from, n);
    }

    private void fail(int n) throws IOException {
      left -= n;
      if (left < 0) {
        throw new IOException("the storage is out of reach");
      }
    }
  }
}
