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
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("try") // the harness' close() may be interrupted; tests pass that on
final class RowLifecycleOperatorTest {
  private static final Duration NEVER = Duration.ZERO;
  private static final Duration TEN_SECONDS = Duration.ofSeconds(10);
  private static final long A = Fids.of(1, 100);
  private static final long B = Fids.of(2, 200);
  private static final long CLOCK = Fids.of(4, 1); // learned from only to let time pass

  @Test
  void usageExample() throws Exception {
    try (LivingShard shard =
        LivingShard.opened(rules(new Admission.Counted(3), NEVER, UNBOUNDED))) {
      assertThat(shard.lookUp(A).updates()).containsExactly(Rows.ABSENT);
      assertThat(shard.lookUp(A).values()).isEmpty();

      shard.occurred(1000, 2, A);
      assertThat(shard.lookUp(A).updates()).containsExactly(Rows.ABSENT);
      shard.occurred(2000, 1, A);

      Rows admitted = shard.lookUp(A);
      float[] start = new float[LivingShard.LAYOUT.width()];
      LivingShard.LAYOUT.start(A, start, 0);
      assertThat(admitted.updates()).containsExactly(0);
      assertThat(admitted.values()).containsExactly(start);
      shard.checkpoint(1);
      assertThat(shard.snapshot).containsExactlyEntriesOf(Map.of(A, 0L));
      assertThat(shard.counts).isEqualTo(new TableCounts(1, 1, 0, 0, 0, 3, 0));
    }
  }

  @Test
  void rowsOfFeaturesThatAreThereAndAbsentOnesComeInOneAnswer() throws Exception {
    try (LivingShard shard =
        LivingShard.opened(rules(new Admission.Chance(0.5), NEVER, UNBOUNDED))) {
      shard.won(1, B);

      Rows rows = shard.lookUp(A, B, CLOCK);

      float[] start = new float[LivingShard.LAYOUT.width()];
      LivingShard.LAYOUT.start(B, start, 0);
      assertThat(rows.updates()).containsExactly(Rows.ABSENT, 0, Rows.ABSENT);
      assertThat(rows.values()).containsExactly(start);
    }
  }

  @ParameterizedTest
  @MethodSource("counting")
  void whatWasLearnedBeforeEarnsNothing(Admission admission) throws Exception {
    try (LivingShard shard = LivingShard.opened(rules(admission, NEVER, UNBOUNDED))) {
      shard.occurred(1, 2, A);
      shard.occurredAgain(2, 5, A);
      assertThat(shard.lookUp(A).updates()).containsExactly(Rows.ABSENT);

      shard.occurred(3, 1, A);
      shard.checkpoint(1);

      assertThat(shard.lookUp(A).updates()).as("the third new one").containsExactly(0);
      assertThat(shard.counts).isEqualTo(new TableCounts(1, 1, 0, 0, 0, 8, 0));
    }
  }

  static List<Admission> counting() {
    return List.of(new Admission.Counted(3), new Admission.Sketched(3));
  }

  @Test
  void theBiasAndFieldsWithoutARuleAreAdmittedAtOnce() throws Exception {
    try (LivingShard shard =
        LivingShard.opened(rules(new Admission.Counted(3), NEVER, UNBOUNDED))) {
      assertThat(shard.lookUp(Fids.BIAS, Fids.of(9, 5)).updates()).containsExactly(0, 0);
    }
  }

  @Test
  void aRowUnseenForItsExpiryBeginsAnew() throws Exception {
    try (LivingShard shard = LivingShard.opened(rules(Admission.ALL, TEN_SECONDS, UNBOUNDED))) {
      shard.learn(1_000, A, B);
      shard.learn(11_000, CLOCK);
      assertThat(shard.lookUp(A).updates()).containsExactly(1);

      shard.learn(11_001, CLOCK);

      assertThat(shard.lookUp(A).updates()).containsExactly(0);
      shard.checkpoint(1);
      assertThat(shard.snapshot).containsOnlyKeys(B, CLOCK); // B waits for its bucket to end
      shard.learn(13_000, CLOCK);
      shard.checkpoint(2);
      assertThat(shard.snapshot).containsOnlyKeys(CLOCK);
      assertThat(shard.state()).containsOnlyKeys(CLOCK);
      assertThat(shard.counts).isEqualTo(new TableCounts(1, 3, 2, 0, 2, 0, 0));
    }
  }

  @Test
  void aFeatureThatKeepsBeingSeenKeepsItsRow() throws Exception {
    try (LivingShard shard = LivingShard.opened(rules(Admission.ALL, TEN_SECONDS, UNBOUNDED))) {
      for (long time = 0; time < 100_000; time += 5_000) {
        shard.learn(time, A);
      }

      shard.checkpoint(1);
      assertThat(shard.snapshot).containsExactlyEntriesOf(Map.of(A, 20L));
      assertThat(shard.counts.expired()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"hashmap", "rocksdb"})
  void aDeltaThatRacesWithTheExpiryIsDroppedAndCounted(String backend) throws Exception {
    try (LivingShard shard =
        new LivingShard(rules(Admission.ALL, TEN_SECONDS, UNBOUNDED), backend, 100, 1, 0)) {
      shard.open();
      shard.learn(1_000, A);
      Rows pulled = shard.lookUp(A);
      shard.learn(30_000, CLOCK); // the sweep comes by
      Rows renewed = shard.lookUp(A);

      shard.learned(pulled, 30_000, A);
      assertThat(shard.lookUp(A).updates()).as("the row of old is gone").containsExactly(0);
      shard.learned(renewed, 30_000, A);
      shard.learned(pulled, 30_000, A);

      assertThat(shard.lookUp(A).updates()).as("another has begun").containsExactly(1);
      shard.checkpoint(1);
      assertThat(shard.counts).isEqualTo(new TableCounts(2, 3, 1, 0, 1, 0, 2));
      assertThat(shard.accounted()).isEqualTo(5);
    }
  }

  @Test
  void aDeltaLearnedOnTheStartOfARowFitsEveryLifeOfIt() throws Exception {
    try (LivingShard shard = LivingShard.opened(rules(Admission.ALL, TEN_SECONDS, UNBOUNDED))) {
      Rows start = shard.lookUp(A);
      shard.learn(1_000, A);
      shard.learn(30_000, CLOCK);

      shard.learned(start, 30_000, A);

      assertThat(shard.lookUp(A).updates()).containsExactly(1);
      shard.checkpoint(1);
      assertThat(shard.counts.dropped()).isZero();
    }
  }

  @Test
  void aLifeIsToldFromThoseBeforeARestore() throws Exception {
    TableSettings rules = rules(Admission.ALL, TEN_SECONDS, UNBOUNDED);
    OperatorSubtaskState state;
    try (LivingShard shard = LivingShard.opened(rules)) {
      shard.learn(0, A);
      shard.learn(20_000, CLOCK);
      shard.learn(20_000, A); // not its first life
      state = shard.checkpoint(1);
    }

    try (LivingShard shard = new LivingShard(rules, "hashmap", 100, 1, 0)) {
      shard.restore(state, 1);
      Rows pulled = shard.lookUp(A);
      assertThat(pulled.lives()[0]).isPositive();
      shard.learn(50_000, CLOCK);
      shard.learn(50_000, A);

      shard.learned(pulled, 50_000, A);

      shard.checkpoint(2);
      assertThat(shard.counts.dropped()).isOne();
    }
  }

  @Test
  void aRowThatWentAndBeganAgainBetweenBarriersIsARowInTheSnapshot() throws Exception {
    try (LivingShard shard =
        new LivingShard(rules(Admission.ALL, TEN_SECONDS, UNBOUNDED), "hashmap", 1, 1, 0)) {
      shard.open(); // with a cache of one row, each change is written at once
      shard.learn(0, A);
      shard.learn(20_000, CLOCK);
      shard.learn(20_000, A);
      shard.learn(40_000, CLOCK);
      shard.learn(40_000, A);

      shard.checkpoint(1);

      assertThat(shard.snapshot).containsEntry(A, 1L);
      assertThat(shard.counts.expired()).isGreaterThanOrEqualTo(2);
    }
  }

  @Test
  void countersOfFeaturesThatNeverEarnARowGoToo() throws Exception {
    try (LivingShard shard =
        LivingShard.opened(rules(new Admission.Counted(3), TEN_SECONDS, UNBOUNDED))) {
      shard.occurred(0, 2, A);
      shard.occurred(0, 1, B);
      shard.occurred(20_000, 1, CLOCK);
      shard.checkpoint(1);
      assertThat(shard.state()).containsOnlyKeys(CLOCK);

      shard.occurred(20_000, 2, A);

      assertThat(shard.lookUp(A).updates()).as("counts anew").containsExactly(Rows.ABSENT);
      shard.checkpoint(2);
      assertThat(shard.counts).isEqualTo(new TableCounts(0, 0, 0, 0, 0, 6, 0));
    }
  }

  @Test
  void anExpiredFeatureHasToEarnItsRowAgain() throws Exception {
    try (LivingShard shard =
        LivingShard.opened(rules(new Admission.Counted(2), TEN_SECONDS, UNBOUNDED))) {
      shard.occurred(0, 2, A);
      shard.learn(1_000, A);
      shard.occurred(30_000, 1, CLOCK);

      assertThat(shard.lookUp(A).updates()).containsExactly(Rows.ABSENT);
      shard.occurred(30_000, 1, A);
      assertThat(shard.lookUp(A).updates()).containsExactly(Rows.ABSENT);
      shard.occurred(30_000, 1, A);
      assertThat(shard.lookUp(A).updates()).containsExactly(0);
    }
  }
}
