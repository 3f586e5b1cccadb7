package io.freshet.serve.rows;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.model.SampleModel;
import io.freshet.serve.model.ServedModel;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The process dies at each step of the change from one database to the next. */
class StoreCrashTest {
  private static final Version FULL = new Version("0badcafe", 1);
  private static final Version OTHER = new Version("12345678", 1);

  @TempDir Path root;
  @TempDir Path folder;
  private SnapshotStore snapshots;
  private SampleModel sample;

  /** Where it dies. */
  enum Step {
    BEFORE_THE_NEW_DATABASE(FULL),
    BEFORE_IT_COUNTS(FULL),
    WHEN_IT_COUNTS(OTHER),
    BEFORE_THE_OLD_ONE_IS_DELETED(OTHER);

    private final Version survives;

    Step(Version survives) {
      this.survives = survives;
    }
  }

  @BeforeEach
  void publish() throws Exception {
    snapshots = new SnapshotStore(new LocalStorage(root));
    sample = new SampleModel(root);
    sample.full(FULL, 1, 1, 2);
  }

  @ParameterizedTest
  @EnumSource
  void oneOfTheTwoVersionsIsThereWholeAfterwards(Step step) throws Exception {
    Dying dying = new Dying(folder);
    try (SnapshotFollower follower = follower(new RocksStore(dying, 8 << 20))) {
      follower.look();
      dying.step = Optional.of(step);
      sample.full(OTHER, 5, 7);
      follower.look();
      assertThat(dying.isDead).isTrue();
    }

    try (RocksStore store = new RocksStore(folder, 8 << 20)) {
      ServedModel resumed = store.resume().orElseThrow();
      assertHolds(resumed, step.survives);
      resumed.release();
    }
    try (SnapshotFollower follower = follower(new RocksStore(folder, 8 << 20))) {
      follower.look();
      assertHolds(follower.model().orElseThrow(), OTHER);
    }
    try (StoreFolder after = new StoreFolder(folder)) {
      assertThat(after.databases()).containsExactly(after.current().orElseThrow());
    }
  }

  @Test
  void aFolderThatNamesNothingStartsAgain() throws Exception {
    try (SnapshotFollower follower = follower(new RocksStore(folder, 8 << 20))) {
      follower.look();
    }
    Files.writeString(folder.resolve("current"), "../../elsewhere\n");
    try (RocksStore store = new RocksStore(folder, 8 << 20)) {
      assertThat(store.resume()).isEmpty();
      assertThat(store.held()).isEmpty();
    }
  }

  private SnapshotFollower follower(RocksStore store) {
    return new SnapshotFollower(snapshots, store, InstantSource.system());
  }

  private static void assertHolds(ServedModel model, Version version) {
    float value = version.equals(FULL) ? 1 : 5;
    long[] fids = version.equals(FULL) ? new long[] {1, 2} : new long[] {7};
    float[] row = new float[SampleModel.WIDTH];
    assertThat(model.version()).isEqualTo(version);
    assertThat(model.size()).isEqualTo(fids.length);
    for (long fid : fids) {
      assertThat(model.read(fid, row, 0)).isTrue();
      assertThat(row).containsOnly(value);
    }
    assertThat(model.dense()).containsOnly(value);
  }

  /** A folder whose process dies at a step: nothing is changed any more. */
  private static final class Dying extends StoreFolder {
    private Optional<Step> step = Optional.empty();
    private boolean isDead;

    Dying(Path folder) throws IOException {
      super(folder);
    }

    @Override
    Path next() throws IOException {
      dieAt(Step.BEFORE_THE_NEW_DATABASE);
      return super.next();
    }

    @Override
    void use(Path database) throws IOException {
      dieAt(Step.BEFORE_IT_COUNTS);
      super.use(database);
      dieAt(Step.WHEN_IT_COUNTS);
    }

    @Override
    void delete(Path database) throws IOException {
      dieAt(Step.BEFORE_THE_OLD_ONE_IS_DELETED);
      super.delete(database);
    }

    private void dieAt(Step at) throws IOException {
      isDead |= step.equals(Optional.of(at));
      if (isDead) {
        throw new IOException("the process died");
      }
    }
  }
}
