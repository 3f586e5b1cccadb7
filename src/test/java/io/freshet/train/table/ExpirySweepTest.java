package io.freshet.train.table;

import static io.freshet.model.TableSettings.UNBOUNDED;
import static io.freshet.train.table.TableClient.rules;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.Fids;
import io.freshet.model.Admission;
import io.freshet.model.TableSettings;
import io.freshet.model.row.TableCounts;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class ExpirySweepTest {
  private static final Duration NEVER = Duration.ZERO;
  private static final TableSettings TEN_SECONDS =
      rules(Admission.ALL, Duration.ofSeconds(10), UNBOUNDED);
  private static final long A = Fids.of(1, 100);
  private static final long B = Fids.of(2, 200);
  private static final long CLOCK = Fids.of(4, 1); // learned to advance time

  @Test
  void theSweepContinuesAfterACheckpointAtAnotherParallelism() throws Exception {
    long[] fids = LongStream.range(0, 3000).map(i -> Fids.of(2, 7919 * i)).toArray();
    TableFixture table = new TableFixture(TEN_SECONDS);
    for (long fid : fids) {
      table.learn(0, fid);
    }
    table.checkpoint();
    table.learn(60_000, CLOCK); // two messages: a few hundred looks at most
    table.checkpoint();
    Map<Long, Long> snapshot = new TreeMap<>(table.snapshot);
    long expired = table.counts.expired();
    assertThat(expired).isBetween(1L, 500L);
    assertThat(snapshot).hasSize((int) (3001 - expired));

    for (int half = 0; half < 2; half++) {
      TableFixture shard = table.restored(TEN_SECONDS, 2, half);
      long own = LongStream.of(fids).filter(shard::owns).filter(snapshot::containsKey).count();
      long clock =
          LongStream.range(0, 99).map(i -> Fids.of(9, i)).filter(shard::owns).findFirst().orElse(0);
      for (int i = 0; i < 60; i++) {
        shard.learn(60_000, clock);
      }
      shard.checkpoint();
      assertThat(shard.state.rows.keySet()).noneMatch(f -> Fids.field(f) == 2 && shard.owns(f));
      assertThat(shard.counts.expired()).isEqualTo(own);
      assertThat(shard.counts.goneUpdates()).isEqualTo(own);
    }
  }

  @Test
  void aboveTheLimitTheLeastRecentlySeenRowsAreEvicted() throws Exception {
    TableFixture table = new TableFixture(rules(Admission.ALL, NEVER, 100), 50);
    for (long i = 0; i < 100; i++) {
      table.learn(60_000 * i, Fids.of(1, i));
    }
    for (long i = 0; i < 20; i++) { // the oldest are seen again
      table.learn(60_000 * (100 + i), Fids.of(1, i));
    }

    for (long i = 100; i < 150; i++) {
      table.learn(60_000 * (100 + i), Fids.of(1, i));
    }

    table.checkpoint();
    assertThat(table.counts.rows()).isEqualTo(100);
    assertThat(table.counts.evicted()).isEqualTo(50);
    assertThat(table.snapshot).hasSize(100);
    for (long i = 0; i < 150; i++) {
      assertThat(table.snapshot.containsKey(Fids.of(1, i)))
          .as("%d", i)
          .isEqualTo(i < 20 || i >= 70);
    }
  }

  @Test
  void atTheLimitAPageIsWrittenOnceACheckpointNotOnceAMessage() throws Exception {
    TableFixture table = new TableFixture(rules(Admission.ALL, NEVER, 1000), 1000);
    for (long i = 0; i < 1000; i++) {
      table.learn(i, Fids.of(1, i)); // all on the pages of one minute
    }
    for (long i = 1000; i < 1500; i++) {
      table.learn(600_000 + i, Fids.of(1, i));
    }
    int before = table.state.pagesPutBack;

    table.checkpoint();

    assertThat(table.counts.evicted()).isEqualTo(500);
    assertThat(before).isZero();
    assertThat(table.state.pagesPutBack).isEqualTo(1);
  }

  @Test
  void aShardHasItsShareOfTheLimit() throws Exception {
    TableSettings rules = rules(Admission.ALL, NEVER, 100);
    TableFixture shard = new TableFixture(rules).restored(rules, 2, 0);
    long[] own = LongStream.range(0, 1000).map(i -> Fids.of(1, i)).filter(shard::owns).toArray();
    for (int i = 0; i < own.length; i++) {
      shard.learn(60_000L * i, own[i]);
    }

    shard.checkpoint();

    assertThat(shard.snapshot).hasSize(50);
  }

  @Test
  void aTableWrittenWithoutRulesIsCountedAndExpires() throws Exception {
    TableFixture without = new TableFixture(TableSettings.OFF);
    without.learn(0, A, B);
    without.checkpoint();
    assertThat(without.counts).isEqualTo(new TableCounts(0, 0, 0, 0, 0, 0, 0));
    assertThat(without.lookUp(A).generations()).isEmpty();

    TableFixture table = without.underOther(TEN_SECONDS);
    table.learn(5_000, A);
    table.learn(12_500, CLOCK);
    table.checkpoint();
    assertThat(table.state.rows).containsOnlyKeys(A, CLOCK);
    assertThat(table.counts).isEqualTo(new TableCounts(2, 1, 1, 0, 1, 0, 0));
  }

  @Test
  void rulesThatChangeOrPauseListEveryRowAgain() throws Exception {
    TableFixture first = new TableFixture(TEN_SECONDS);
    first.learn(0, A);
    first.checkpoint();
    TableFixture paused = first.underOther(TableSettings.OFF);
    paused.learn(50_000, B, CLOCK);
    paused.checkpoint();
    assertThat(paused.state.rows).containsOnlyKeys(A, B, CLOCK);

    TableFixture resumed = paused.underOther(TEN_SECONDS);
    resumed.learn(55_000, CLOCK);
    resumed.checkpoint();
    assertThat(resumed.state.rows).containsOnlyKeys(B, CLOCK);

    TableFixture longer =
        resumed.underOther(rules(Admission.ALL, Duration.ofSeconds(100), UNBOUNDED));
    longer.learn(149_000, CLOCK);
    longer.checkpoint();
    assertThat(longer.state.rows).containsOnlyKeys(B, CLOCK);
    longer.learn(160_000, CLOCK);
    longer.checkpoint();
    assertThat(longer.state.rows).containsOnlyKeys(CLOCK);
  }
}
