package io.freshet.lab.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.lab.chaos.fault.ChaosPlan.Means;
import io.freshet.lab.chaos.fault.Fault.Kind;
import io.freshet.lab.chaos.fault.Fault.Moment;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class ChaosPlanTest {
  private static final Duration LENGTH = Duration.ofMinutes(2);
  private static final Set<Means> ALL = EnumSet.allOf(Means.class);

  @Test
  void aSeedDrawsTheSamePlanAgain() {
    assertThat(plan(7)).isEqualTo(plan(7)).isNotEqualTo(plan(8));
  }

  @Test
  void strikesComeInOrderWithinTheLength() {
    assertThat(plan(7)).isSortedAccordingTo((a, b) -> a.at().compareTo(b.at()));
    assertThat(plan(7)).allMatch(strike -> strike.at().compareTo(LENGTH) < 0);
  }

  @Test
  void targetsExist() {
    assertThat(manyPlans())
        .allSatisfy(
            strike -> {
              if (strike.kind() == Kind.RESCALE) {
                assertThat(strike.target()).isBetween(1, 4);
              } else if (strike.kind() == Kind.ADVANCE_CLOCK) {
                assertThat(strike.target()).isBetween(1, 20);
              } else {
                assertThat(strike.target()).isBetween(0, 1);
              }
            });
  }

  @Test
  void everyKindOccurs() {
    assertThat(manyPlans()).extracting(Fault::kind).contains(Kind.values());
  }

  @Test
  void noDiskIsFilledAndNoNetworkCutWhereThereIsNone() {
    assertThat(LongStream.range(0, 100).boxed())
        .flatExtracting(seed -> ChaosPlan.draw(seed, LENGTH, 2, 4, Set.of()).strikes())
        .extracting(Fault::kind)
        .doesNotContain(Kind.FULL_DISK, Kind.SLOW_DISK)
        .noneMatch(Kind::isPartition)
        .contains(Kind.REFUSE_RESULTS, Kind.ADVANCE_CLOCK);
  }

  @Test
  void aDiskThatCannotBeFrozenIsOnlyFilled() {
    assertThat(LongStream.range(0, 100).boxed())
        .flatExtracting(seed -> ChaosPlan.draw(seed, LENGTH, 2, 4, Set.of(Means.DISK)).strikes())
        .extracting(Fault::kind)
        .contains(Kind.FULL_DISK)
        .doesNotContain(Kind.SLOW_DISK);
  }

  @Test
  void everySuddenKindMeetsEveryMoment() {
    for (Kind kind : Kind.values()) {
      assertThat(manyPlans().stream().filter(strike -> strike.kind() == kind))
          .as(kind.toString())
          .extracting(Fault::moment)
          .containsOnly(kind.isSudden() ? Moment.values() : new Moment[] {Moment.ANY});
    }
  }

  @Test
  void bothBackendsAndSeveralParallelismsOccur() {
    List<ChaosPlan> plans =
        LongStream.range(0, 30).mapToObj(seed -> ChaosPlan.draw(seed, LENGTH, 2, 4, ALL)).toList();

    assertThat(plans).extracting(ChaosPlan::backend).contains("hashmap", "rocksdb");
    assertThat(plans).extracting(ChaosPlan::parallelism).contains(2, 3, 4);
  }

  @Test
  void aRescaleChangesTheParallelism() {
    for (long seed = 0; seed < 30; seed++) {
      ChaosPlan plan = ChaosPlan.draw(seed, LENGTH, 2, 4, ALL);
      int parallelism = plan.parallelism();
      for (Fault strike : plan.strikes()) {
        if (strike.kind() == Kind.RESCALE) {
          assertThat(strike.target()).as("seed %d", seed).isNotEqualTo(parallelism);
          parallelism = strike.target();
        }
      }
    }
  }

  /** Beside the last is the first: a recovery begins with the death of a neighbor. */
  @Test
  void everyTaskManagerHasAnotherOneForNeighbor() {
    assertThat(manyPlans())
        .filteredOn(strike -> strike.kind().endsTaskManager())
        .allSatisfy(
            strike -> assertThat(strike.neighbor(2)).isBetween(0, 1).isNotEqualTo(strike.target()))
        .extracting(strike -> strike.neighbor(2))
        .contains(0, 1);
  }

  private static List<Fault> manyPlans() {
    return LongStream.range(0, 400).boxed().flatMap(seed -> plan(seed).stream()).toList();
  }

  private static List<Fault> plan(long seed) {
    return ChaosPlan.draw(seed, LENGTH, 2, 4, ALL).strikes();
  }
}
