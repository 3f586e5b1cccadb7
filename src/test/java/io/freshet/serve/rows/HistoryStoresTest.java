package io.freshet.serve.rows;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.history.ActionHistory;
import io.freshet.serve.follow.FollowerState.Kind;
import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.model.HistoryTable;
import io.freshet.serve.model.ServedModel;
import io.freshet.snapshot.RetentionSettings;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.history.RandomHistories;
import io.freshet.snapshot.maintain.Compaction;
import io.freshet.snapshot.maintain.GarbageCollection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.rocksdb.RocksDBException;

/** A store has the histories of its version, whatever way it came to that. */
final class HistoryStoresTest {
  private static final RetentionSettings ONE =
      new RetentionSettings(1, Duration.ofNanos(1), Duration.ofNanos(1));

  @TempDir private Path root;
  @TempDir private Path parent;

  @ParameterizedTest
  @EnumSource
  void versionsHaveTheHistoriesUpToTheirCut(StoreKind kind) throws Exception {
    RandomHistories histories = new RandomHistories(root, 7);
    try (SnapshotFollower follower = follower(histories, kind, "a")) {
      for (int version = 1; version <= 30; version++) {
        if (version % 8 == 0) {
          histories.changeSequences();
        }
        Version published = histories.publish();
        if (version % 3 != 0) {
          Map<Long, ActionHistory> before = histories.expected();
          follower.look();
          ServedModel held = follower.hold().orElseThrow();
          assertSame(held, before);
          histories.publish();
          follower.look();
          assertSame(held, before); // a newer version changes nothing
          held.release();
          assertSame(follower.model().orElseThrow(), histories.expected());
        }
        if (version % 7 == 0) {
          Compaction.of(histories.chain().storage).merge(published);
        }
      }
    }
    histories.publish();
    assertServedFromNothing(histories, kind, "b");

    Compaction.of(histories.chain().storage).merge(histories.chain().store.latest().orElseThrow());
    assertServedFromNothing(histories, kind, "c");
    histories.publish();
    GarbageCollection.of(histories.chain().storage, ONE).run();
    assertThat(histories.chain().problems()).isEmpty();
    assertServedFromNothing(histories, kind, "d");
  }

  @Test
  void aRestartGoesOnFromTheHistoriesOnDisk() throws Exception {
    RandomHistories histories = new RandomHistories(root, 8);
    histories.publish();
    follower(histories, StoreKind.ROCKSDB, "a").close();
    for (int i = 0; i < 3; i++) {
      try (SnapshotFollower follower = follower(histories, StoreKind.ROCKSDB, "a")) {
        follower.look();
        assertSame(follower.model().orElseThrow(), histories.expected());
        histories.publish();
      }
    }
  }

  /** As one is that a release before there were histories has filled. */
  @Test
  void aDatabaseWithoutTheHistoriesOfItsVersionIsFilledAgain() throws Exception {
    RandomHistories histories = new RandomHistories(root, 9);
    histories.publish();
    try (SnapshotFollower follower = follower(histories, StoreKind.ROCKSDB, "a")) {
      follower.look();
    }
    leaveOutHistories();
    try (SnapshotFollower follower = follower(histories, StoreKind.ROCKSDB, "a")) {
      follower.look();

      assertSame(follower.model().orElseThrow(), histories.expected());
    }
  }

  private void leaveOutHistories() throws IOException, RocksDBException {
    try (StoreFolder folder = new StoreFolder(parent.resolve("a"));
        RocksMemory memory = new RocksMemory(8 << 20)) {
      RowDatabase database = RowDatabase.open(folder.current().orElseThrow(), memory);
      database.rocks().delete(database.parts(), RowDatabase.HISTORIES);
      for (long id : RandomHistories.ids()) {
        database.rocks().delete(database.parts(), RowDatabase.historyKey(id));
      }
      database.close();
    }
  }

  @Test
  void aTableOfManyGrowsAndShrinks() {
    ActionHistory one = new ActionHistory(new long[] {5}, new long[] {6});
    HistoryTable table = HistoryTable.empty(0);
    HistoryTable.Edit edit = table.edit();
    IntStream.range(0, 10_000).forEach(id -> edit.putHistory(id, one));
    HistoryTable grown = edit.build();
    HistoryTable.Edit less = grown.edit();
    IntStream.range(0, 9_999).forEach(less::removeHistory);

    assertThat(less.build().find(9_999).times()).containsExactly(5);
    assertThat(IntStream.range(0, 10_000).filter(id -> grown.find(id) != null).count())
        .isEqualTo(10_000);
    assertThat(table.find(1)).isNull();
  }

  private void assertServedFromNothing(RandomHistories histories, StoreKind kind, String folder)
      throws IOException {
    try (SnapshotFollower follower = follower(histories, kind, folder)) {
      follower.look();
      assertThat(follower.state().kind()).isEqualTo(Kind.CURRENT);
      assertSame(follower.model().orElseThrow(), histories.expected());
    }
  }

  private SnapshotFollower follower(RandomHistories histories, StoreKind kind, String folder)
      throws IOException {
    return new SnapshotFollower(
        histories.chain().store, kind.open(parent.resolve(folder)), InstantSource.system());
  }

  private static void assertSame(ServedModel model, Map<Long, ActionHistory> expected) {
    Map<Long, ActionHistory> found = new TreeMap<>();
    for (long id : RandomHistories.ids()) {
      ActionHistory actions = model.histories().find(id);
      if (actions != null) {
        found.put(id, actions);
      }
    }
    assertThat(found).usingRecursiveComparison().isEqualTo(new TreeMap<>(expected));
  }
}
