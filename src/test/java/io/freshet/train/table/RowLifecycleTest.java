package io.freshet.train.table;

import static io.freshet.model.TableSettings.UNBOUNDED;
import static io.freshet.train.table.TableClient.rules;
import static io.freshet.train.table.TableClient.startOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.Fids;
import io.freshet.model.Admission;
import io.freshet.model.TableSettings;
import io.freshet.model.row.TableCounts;
import io.freshet.train.message.ShardRequest.Occurrences;
import io.freshet.train.message.ShardResponse.Rows;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class RowLifecycleTest {
  private static final Duration NEVER = Duration.ZERO;
  private static final Duration TEN_SECONDS = Duration.ofSeconds(10);
  private static final long A = Fids.of(1, 100);
  private static final long B = Fids.of(2, 200);
  private static final long CLOCK = Fids.of(4, 1); // learned to advance time

  @Test
  void usageExample() throws Exception {
    TableFixture table = new TableFixture(rules(new Admission.Counted(3), NEVER, UNBOUNDED));
    assertThat(table.lookUp(A).updates()).containsExactly(Rows.ABSENT);
    assertThat(table.lookUp(A).values()).isEmpty();

    table.occurred(1000, 2, A);
    assertThat(table.lookUp(A).updates()).containsExactly(Rows.ABSENT);
    table.occurred(2000, 1, A);

    Rows admitted = table.lookUp(A);
    assertThat(admitted.updates()).containsExactly(0);
    assertThat(admitted.values()).containsExactly(startOf(A));
    table.checkpoint();
    assertThat(table.snapshot).containsExactlyEntriesOf(Map.of(A, 0L));
    assertThat(table.counts).isEqualTo(new TableCounts(1, 1, 0, 0, 0, 3, 0));
  }

  @Test
  void oneResponseHasRowsAndAbsentFeatures() throws Exception {
    TableFixture table = new TableFixture(rules(new Admission.Chance(0.5), NEVER, UNBOUNDED));
    long[] fids = {B};
    table.send(new Occurrences(fids, 1, new int[] {1}, new int[] {1}, new boolean[] {true}));

    Rows rows = table.lookUp(A, B, CLOCK);

    assertThat(rows.updates()).containsExactly(Rows.ABSENT, 0, Rows.ABSENT);
    assertThat(rows.values()).containsExactly(startOf(B));
  }

  @ParameterizedTest
  @MethodSource("counting")
  void whatWasLearnedBeforeEarnsNothing(Admission admission) throws Exception {
    TableFixture table = new TableFixture(rules(admission, NEVER, UNBOUNDED));
    table.occurred(1, 2, A);
    long[] again = {A}; // of examples that were learned before
    table.send(new Occurrences(again, 2, new int[] {5}, new int[1], new boolean[1]));
    assertThat(table.lookUp(A).updates()).containsExactly(Rows.ABSENT);

    table.occurred(3, 1, A);
    table.checkpoint();

    assertThat(table.lookUp(A).updates()).as("the third new one").containsExactly(0);
    assertThat(table.counts).isEqualTo(new TableCounts(1, 1, 0, 0, 0, 8, 0));
  }

  static List<Admission> counting() {
    return List.of(new Admission.Counted(3), new Admission.Sketched(3));
  }

  @Test
  void theBiasAndFieldsWithoutARuleAreAdmittedAtOnce() throws Exception {
    TableFixture table = new TableFixture(rules(new Admission.Counted(3), NEVER, UNBOUNDED));
    assertThat(table.lookUp(Fids.BIAS, Fids.of(9, 5)).updates()).containsExactly(0, 0);
  }

  @Test
  void aRowUnseenForItsExpiryBeginsAgain() throws Exception {
    TableFixture table = new TableFixture(rules(Admission.ALL, TEN_SECONDS, UNBOUNDED));
    table.learn(1_000, A, B);
    table.learn(11_000, CLOCK);
    assertThat(table.lookUp(A).updates()).containsExactly(1);

    table.learn(11_001, CLOCK);

    assertThat(table.lookUp(A).updates()).containsExactly(0);
    table.checkpoint();
    assertThat(table.snapshot).containsOnlyKeys(B, CLOCK); // B waits for its bucket to end
    table.learn(13_000, CLOCK);
    table.checkpoint();
    assertThat(table.snapshot).containsOnlyKeys(CLOCK);
    assertThat(table.state.rows).containsOnlyKeys(CLOCK);
    assertThat(table.counts).isEqualTo(new TableCounts(1, 3, 2, 0, 2, 0, 0));
  }

  @Test
  void aFeatureThatIsSeenKeepsItsRow() throws Exception {
    TableFixture table = new TableFixture(rules(Admission.ALL, TEN_SECONDS, UNBOUNDED));
    for (long time = 0; time < 100_000; time += 5_000) {
      table.learn(time, A);
    }

    table.checkpoint();
    assertThat(table.snapshot).containsExactlyEntriesOf(Map.of(A, 20L));
    assertThat(table.counts.expired()).isZero();
  }

  @Test
  void aDeltaThatRacesWithTheExpiryIsDroppedAndCounted() throws Exception {
    TableFixture table = new TableFixture(rules(Admission.ALL, TEN_SECONDS, UNBOUNDED));
    table.learn(1_000, A);
    Rows pulled = table.lookUp(A);
    table.learn(30_000, CLOCK); // long enough for the sweep
    Rows renewed = table.lookUp(A);

    table.learned(pulled, 30_000, A);
    assertThat(table.lookUp(A).updates()).as("the pulled row is gone").containsExactly(0);
    table.learned(renewed, 30_000, A);
    table.learned(pulled, 30_000, A);

    assertThat(table.lookUp(A).updates()).as("another began").containsExactly(1);
    table.checkpoint();
    assertThat(table.counts).isEqualTo(new TableCounts(2, 3, 1, 0, 1, 0, 2));
    assertThat(table.snapshot).containsOnly(Map.entry(A, 1L), Map.entry(CLOCK, 1L));
  }

  @Test
  void aDeltaLearnedOnTheStartOfARowFitsEveryGenerationOfIt() throws Exception {
    TableFixture table = new TableFixture(rules(Admission.ALL, TEN_SECONDS, UNBOUNDED));
    Rows start = table.lookUp(A);
    table.learn(1_000, A);
    table.learn(30_000, CLOCK);

    table.learned(start, 30_000, A);

    assertThat(table.lookUp(A).updates()).containsExactly(1);
    table.checkpoint();
    assertThat(table.counts.dropped()).isZero();
  }

  @Test
  void aGenerationIsAboveThoseBeforeARestore() throws Exception {
    TableSettings rules = rules(Admission.ALL, TEN_SECONDS, UNBOUNDED);
    TableFixture before = new TableFixture(rules);
    before.learn(0, A);
    before.learn(20_000, CLOCK);
    before.learn(20_000, A); // above generation 0
    before.checkpoint();

    TableFixture table = before.restored(rules, 1, 0);
    Rows pulled = table.lookUp(A);
    assertThat(pulled.generations()[0]).isPositive();
    table.learn(50_000, CLOCK);
    table.learn(50_000, A);

    table.learned(pulled, 50_000, A);

    table.checkpoint();
    assertThat(table.counts.dropped()).isOne();
  }

  @Test
  void aRowThatExpiredAndBeganAgainBetweenBarriersIsInTheSnapshot() throws Exception {
    TableFixture table =
        new TableFixture(
            rules(Admission.ALL, TEN_SECONDS, UNBOUNDED), 1); // each change is written at once
    table.learn(0, A);
    table.learn(20_000, CLOCK);
    table.learn(20_000, A);
    table.learn(40_000, CLOCK);
    table.learn(40_000, A);

    table.checkpoint();

    assertThat(table.snapshot).containsEntry(A, 1L);
    assertThat(table.counts.expired()).isGreaterThanOrEqualTo(2);
  }

  @Test
  void countersOfFeaturesThatNeverEarnARowExpireToo() throws Exception {
    TableFixture table = new TableFixture(rules(new Admission.Counted(3), TEN_SECONDS, UNBOUNDED));
    table.occurred(0, 2, A);
    table.occurred(0, 1, B);
    table.occurred(20_000, 1, CLOCK);
    table.checkpoint();
    assertThat(table.state.rows).containsOnlyKeys(CLOCK);

    table.occurred(20_000, 2, A);

    assertThat(table.lookUp(A).updates()).as("counts from 0").containsExactly(Rows.ABSENT);
    table.checkpoint();
    assertThat(table.counts).isEqualTo(new TableCounts(0, 0, 0, 0, 0, 6, 0));
  }

  @Test
  void anExpiredFeatureHasToEarnItsRowAgain() throws Exception {
    TableFixture table = new TableFixture(rules(new Admission.Counted(2), TEN_SECONDS, UNBOUNDED));
    table.occurred(0, 2, A);
    table.learn(1_000, A);
    table.occurred(30_000, 1, CLOCK);

    assertThat(table.lookUp(A).updates()).containsExactly(Rows.ABSENT);
    table.occurred(30_000, 1, A);
    assertThat(table.lookUp(A).updates()).containsExactly(Rows.ABSENT);
    table.occurred(30_000, 1, A);
    assertThat(table.lookUp(A).updates()).containsExactly(0);
  }
}
