package io.freshet.train.table;

import static io.freshet.model.TableSettings.UNBOUNDED;
import static io.freshet.train.table.LivingShard.rules;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.Fids;
import io.freshet.model.Admission;
import io.freshet.model.TableSettings;
import io.freshet.model.row.TableCounts;
import io.freshet.train.message.ShardResponse.Rows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("try") // the harness' close() may be interrupted; tests pass that on
final class RowSweepOperatorTest {
  private static final Duration NEVER = Duration.ZERO;
  private static final Duration TEN_SECONDS = Duration.ofSeconds(10);
  private static final long A = Fids.of(1, 100);
  private static final long B = Fids.of(2, 200);
  private static final long CLOCK = Fids.of(4, 1); // learned from only to let time pass

  @Test
  void theSweepGoesOnWhereACheckpointMetItAtAnotherParallelism() throws Exception {
    TableSettings rules = rules(Admission.ALL, TEN_SECONDS, UNBOUNDED);
    long[] fids = LongStream.range(0, 3000).map(i -> Fids.of(2, 7919 * i)).toArray();
    OperatorSubtaskState midway;
    Map<Long, Long> snapshot;
    long expired;
    try (LivingShard shard = LivingShard.opened(rules)) {
      for (long fid : fids) {
        shard.learn(0, fid);
      }
      shard.checkpoint(1);
      shard.learn(60_000, CLOCK); // two messages: a few hundred looks at most
      midway = shard.checkpoint(2);
      snapshot = new TreeMap<>(shard.snapshot);
      expired = shard.counts.expired();
      assertThat(expired).isBetween(1L, 500L);
      assertThat(snapshot).hasSize((int) (3001 - expired));
    }

    for (int half = 0; half < 2; half++) {
      try (LivingShard shard = new LivingShard(rules, "hashmap", 100, 2, half)) {
        shard.restore(midway, 1);
        long own = LongStream.of(fids).filter(shard::owns).filter(snapshot::containsKey).count();
        long clock = shard.clock();
        for (int i = 0; i < 60; i++) {
          shard.learn(60_000, clock);
        }
        shard.checkpoint(3);
        assertThat(shard.state().keySet()).noneMatch(fid -> Fids.field(fid) == 2);
        assertThat(shard.counts.expired()).isEqualTo(own);
        assertThat(shard.counts.goneUpdates()).isEqualTo(own);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"hashmap", "rocksdb"})
  void aboveTheLimitTheLeastRecentlySeenGoFirst(String backend) throws Exception {
    try (LivingShard shard = new LivingShard(rules(Admission.ALL, NEVER, 100), backend, 50, 1, 0)) {
      shard.open();
      for (long i = 0; i < 100; i++) {
        shard.learn(60_000 * i, Fids.of(1, i));
      }
      for (long i = 0; i < 20; i++) { // the oldest are seen again
        shard.learn(60_000 * (100 + i), Fids.of(1, i));
      }

      for (long i = 100; i < 150; i++) {
        shard.learn(60_000 * (100 + i), Fids.of(1, i));
      }

      shard.checkpoint(1);
      assertThat(shard.counts.rows()).isEqualTo(100);
      assertThat(shard.counts.evicted()).isEqualTo(50);
      assertThat(shard.snapshot).hasSize(100);
      for (long i = 0; i < 150; i++) {
        assertThat(shard.snapshot.containsKey(Fids.of(1, i)))
            .as("%d", i)
            .isEqualTo(i < 20 || i >= 70);
      }
    }
  }

  @Test
  void aShardHoldsItsShareOfTheLimit() throws Exception {
    try (LivingShard shard =
        new LivingShard(rules(Admission.ALL, NEVER, 100), "hashmap", 50, 2, 0)) {
      shard.open();
      long[] own = LongStream.range(0, 1000).map(i -> Fids.of(1, i)).filter(shard::owns).toArray();
      for (int i = 0; i < own.length; i++) {
        shard.learn(60_000L * i, own[i]);
      }

      shard.checkpoint(1);

      assertThat(shard.snapshot).hasSize(50);
    }
  }

  @Test
  void aTableWrittenWithoutRulesIsCountedAndExpires() throws Exception {
    OperatorSubtaskState without;
    try (LivingShard shard = LivingShard.opened(TableSettings.OFF)) {
      shard.learn(0, A, B);
      without = shard.checkpoint(1);
      assertThat(shard.counts).isEqualTo(new TableCounts(0, 0, 0, 0, 0, 0, 0));
      assertThat(shard.lookUp(A).lives()).isEmpty();
    }

    try (LivingShard shard =
        new LivingShard(rules(Admission.ALL, TEN_SECONDS, UNBOUNDED), "hashmap", 100, 1, 0)) {
      shard.restore(without, 1);
      shard.learn(5_000, A);
      shard.learn(12_500, CLOCK);
      shard.checkpoint(2);
      assertThat(shard.state()).containsOnlyKeys(A, CLOCK);
      assertThat(shard.counts).isEqualTo(new TableCounts(2, 1, 1, 0, 1, 0, 0));
    }
  }

  @Test
  void rulesThatChangeOrPauseListEveryRowAnew() throws Exception {
    OperatorSubtaskState state;
    try (LivingShard shard = LivingShard.opened(rules(Admission.ALL, TEN_SECONDS, UNBOUNDED))) {
      shard.learn(0, A);
      state = shard.checkpoint(1);
    }
    try (LivingShard shard = new LivingShard(TableSettings.OFF, "hashmap", 100, 1, 0)) {
      shard.restore(state, 1);
      shard.learn(50_000, B, CLOCK);
      state = shard.checkpoint(2);
      assertThat(shard.state()).containsOnlyKeys(A, B, CLOCK);
    }
    try (LivingShard shard =
        new LivingShard(rules(Admission.ALL, TEN_SECONDS, UNBOUNDED), "hashmap", 100, 1, 0)) {
      shard.restore(state, 1);
      shard.learn(55_000, CLOCK);
      state = shard.checkpoint(3);
      assertThat(shard.state()).containsOnlyKeys(B, CLOCK);
    }
    TableSettings longer = rules(Admission.ALL, Duration.ofSeconds(100), UNBOUNDED);
    try (LivingShard shard = new LivingShard(longer, "hashmap", 100, 1, 0)) {
      shard.restore(state, 1);
      shard.learn(149_000, CLOCK);
      shard.checkpoint(4);
      assertThat(shard.state()).containsOnlyKeys(B, CLOCK);
      shard.learn(160_000, CLOCK);
      shard.checkpoint(5);
      assertThat(shard.state()).containsOnlyKeys(CLOCK);
    }
  }

  /** Every occurrence is accounted for at each checkpoint, whatever happens in between. */
  @ParameterizedTest
  @CsvSource({
    "1, hashmap, 7, 1000000",
    "2, hashmap, 1000, 60",
    "3, rocksdb, 9, 40",
    "4, rocksdb, 200, 1000000",
    "5, hashmap, 3, 25"
  })
  void occurrencesAreUpdatesGoneUpdatesNotAdmittedAndDropped(
      long seed, String backend, int cacheRows, long maxRows) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    TableSettings rules = mixed(maxRows);
    Map<Long, Long> snapshot = new TreeMap<>();
    TableCounts counts = new TableCounts(0, 0, 0, 0, 0, 0, 0);
    List<OperatorSubtaskState> state = new ArrayList<>();
    long occurrences = 0;
    long time = 0;
    for (int round = 0; round < 6; round++) {
      int parallelism = 1 + random.nextInt(3);
      int before = Math.max(1, state.size());
      OperatorSubtaskState all =
          state.isEmpty()
              ? null
              : AbstractStreamOperatorTestHarness.repackageState(
                  state.toArray(new OperatorSubtaskState[0]));
      state.clear();
      long end = time;
      for (int subtask = 0; subtask < parallelism; subtask++) {
        long now = time;
        try (LivingShard shard = new LivingShard(rules, backend, cacheRows, parallelism, subtask)) {
          if (all == null) {
            shard.open();
          } else {
            shard.restore(all, before);
          }
          for (int batch = 0; batch < 150; batch++) {
            long[] fids =
                random
                    .ints(12, 0, 120)
                    .distinct()
                    .mapToLong(i -> Fids.of(1 + i % 4, i))
                    .filter(shard::owns)
                    .toArray();
            now += random.nextInt(400);
            if (fids.length > 0) {
              occurrences += fids.length;
              shard.batch(now, fids);
              if (random.nextInt(10) == 0) {
                now += 30_000;
                occurrences += race(shard, now, fids[0]);
              }
            }
          }
          state.add(shard.checkpoint(round + 1));
          assertThat(shard.state().values().stream().filter(row -> !row.isAbsent()).count())
              .as("seed %d: rows in state", seed)
              .isEqualTo(
                  shard.snapshot.size()
                      + snapshot.keySet().stream()
                          .filter(shard::owns)
                          .filter(fid -> !shard.seen(fid))
                          .count());
          snapshot.keySet().removeIf(fid -> shard.seen(fid));
          snapshot.putAll(shard.snapshot);
          counts = LivingShard.sum(counts, shard.counts);
        }
        end = Math.max(end, now);
      }
      time = end;
      long inRows = snapshot.values().stream().mapToLong(Long::longValue).sum();
      assertThat(inRows + counts.goneUpdates() + counts.notAdmitted() + counts.dropped())
          .as("seed %d, round %d: %s", seed, round, counts)
          .isEqualTo(occurrences);
      assertThat(counts.rows()).as("seed %d: rows", seed).isEqualTo(snapshot.size());
      assertThat(counts.admitted() - counts.expired() - counts.evicted())
          .as("seed %d", seed)
          .isEqualTo(counts.rows());
    }
    assertThat(counts.expired()).isPositive();
    assertThat(counts.notAdmitted()).isPositive();
    assertThat(counts.dropped()).isPositive();
    assertThat(counts.evicted() > 0).isEqualTo(maxRows < 100);
  }

  /** A delta comes back after its row went; returns the occurrences of it all. */
  private static int race(LivingShard shard, long now, long fid) throws Exception {
    Rows pulled = shard.lookUp(fid);
    if (pulled.updates()[0] < 0) {
      return 0;
    }
    shard.learn(now, shard.clock());
    shard.lookUp(fid);
    shard.learned(pulled, now, fid);
    return 2;
  }

  private static TableSettings mixed(long maxRows) {
    return new TableSettings(
        TableSettings.Rule.NONE,
        List.of(
            field(1, Admission.ALL, 20),
            field(2, new Admission.Counted(3), 15),
            field(3, new Admission.Sketched(2), 10),
            field(4, Admission.ALL, maxRows < 100 ? 0 : 40)),
        maxRows,
        1 << 16);
  }

  private static TableSettings.FieldRule field(int number, Admission admission, int seconds) {
    return new TableSettings.FieldRule(
        number, "f" + number, new TableSettings.Rule(admission, Duration.ofSeconds(seconds)));
  }
}
