package io.freshet.job.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.LogLines;
import io.freshet.event.Click;
import io.freshet.event.Rejection;
import io.freshet.job.deadletter.DeadLetter;
import io.freshet.job.source.SourceRecord.Dead;
import io.freshet.job.source.SourceRecord.Good;
import io.freshet.job.source.SourceRecord.Tick;
import io.freshet.job.source.SourceRecord.Tombstone;
import io.freshet.wire.WireType;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("try") // the harness' close() may be interrupted; tests pass that on
final class SourceRouterOperatorTest {
  private static final int MAX_PARALLELISM = 128;

  private OneInputStreamOperatorTestHarness<SourceRecord<Click>, Click> router;

  @BeforeEach
  void open() throws Exception {
    router = harness();
    router.open();
  }

  @AfterEach
  void close() throws Exception {
    router.close();
  }

  @Test
  void goodEventsGoOnWithTheirTime() throws Exception {
    read(good(0, 7, 1000));

    assertThat(router.getOutput()).containsExactly(new StreamRecord<>(new Click("a", 1000), 1000));
  }

  @Test
  void deadLettersLeaveByTheSideWithoutTime() throws Exception {
    DeadLetter letter = letter(0, 7);
    read(new Dead<>(letter));

    assertThat(router.getOutput()).isEmpty();
    assertThat(router.getSideOutput(SourceRouter.DEAD_LETTERS))
        .containsExactly(new StreamRecord<>(letter));
  }

  @Test
  void aSilenceThatLastsIsToldOnceAndOnceWhenItIsOver() throws Exception {
    try (LogLines log = LogLines.of(IdleTopicMonitor.class)) {
      read(good(0, 7, 1000));
      router.setProcessingTime(35_000);
      assertThat(log.lines()).isEmpty();
      router.setProcessingTime(95_000);
      read(good(0, 8, 1000));
      router.setProcessingTime(105_000);

      assertThat(log.lines())
          .satisfiesExactly(
              line -> assertThat(line).startsWith("WARN no record from topic clicks for 30 s"),
              line -> assertThat(line).matches("INFO records come from topic clicks again.* 80 s"));
    }
  }

  @Test
  void eventsAheadOfTheClockAreReportedOnceAndOnceWhenTheyEnd() throws Exception {
    try (LogLines log = LogLines.of(ClockMonitor.class)) {
      for (int round = 1; round <= 2; round++) {
        read(good(0, round, 1000));
        read(good(0, round, 55 * 60_000));
        router.setProcessingTime(round * 10_000);
      }
      router.setProcessingTime(30_000);

      assertThat(log.lines())
          .satisfiesExactly(
              line ->
                  assertThat(line)
                      .startsWith("WARN 1 events of topic clicks are up to PT55M ahead of this"),
              line -> assertThat(line).startsWith("INFO events of topic clicks are no longer"));
    }
  }

  @Test
  void ticksEndHere() throws Exception {
    read(new Tick<>(1000));
    router.processWatermark(999);

    assertThat(router.getOutput()).containsExactly(new Watermark(999));
  }

  @Test
  void offsetsGoAheadOfTheBarrier() throws Exception {
    read(good(1, 7, 1000));
    read(good(0, 3, 1000));
    read(new Dead<>(letter(1, 8)));
    read(new Tombstone<>(0, 4));

    router.prepareSnapshotPreBarrier(1);

    assertThat(offsets())
        .containsExactly(new SourceOffset("clicks", 0, 5), new SourceOffset("clicks", 1, 9));
  }

  @Test
  void barrierWithoutRecordsStillKnowsTheOffsets() throws Exception {
    read(good(1, 7, 1000));
    OperatorSubtaskState state = router.snapshot(1, 1);

    restart(state);
    router.prepareSnapshotPreBarrier(2);

    assertThat(offsets()).containsExactly(new SourceOffset("clicks", 1, 8));
  }

  @Test
  void subtasksOfARescaledSourceDoNotFallBehindWhatWasRead() throws Exception {
    read(good(0, 7, 1000));
    OperatorSubtaskState first = router.snapshot(1, 1);
    read(good(0, 9, 1000));
    OperatorSubtaskState second = router.snapshot(1, 1);

    restart(AbstractStreamOperatorTestHarness.repackageState(second, first));
    router.prepareSnapshotPreBarrier(2);

    assertThat(offsets()).containsExactly(new SourceOffset("clicks", 0, 10));
  }

  @Test
  void offsetsAreToldAtTheEndAndNotAfterIt() throws Exception {
    read(good(0, 3, 1000));

    router.getOperator().finish();
    router.prepareSnapshotPreBarrier(1);

    assertThat(offsets()).containsExactly(new SourceOffset("clicks", 0, 4));
  }

  private void restart(OperatorSubtaskState state) throws Exception {
    router.close();
    router = harness();
    router.initializeState(state);
    router.open();
  }

  /**
   * The source waits to follow its first events; a checkpoint falls into that, and none follows.
   */
  @Test
  void timeGoesOnAfterARestoreThoughNoEventComes() throws Exception {
    read(good(0, 1, 100_000));
    read(good(0, 2, 103_000));
    read(good(1, 1, 900_000));
    OperatorSubtaskState state = router.snapshot(1, 1);

    try (var restored = harness()) {
      restored.setProcessingTime(1_000_000);
      restored.initializeState(state);
      restored.open();
      restored.setProcessingTime(2_000_000);
      assertThat(restored.getOutput()).containsExactly(new Watermark(103_000 - 1000 - 1));
      restored.processWatermark(new Watermark(50_000));
      assertThat(restored.getOutput()).as("time never goes back").hasSize(1);
      state = restored.snapshot(2, 2);
    }
    try (var again = harness()) {
      again.setProcessingTime(1_000_000);
      again.initializeState(state);
      again.open();
      again.processElement(new StreamRecord<>(good(0, 3, 104_000), 104_000));
      again.setProcessingTime(2_000_000);
      assertThat(again.getOutput()).as("its source says the time").hasSize(1);
    }
  }

  /**
   * The clock of a partition's producer may be ahead, and the others' records still on their way.
   */
  @Test
  void aPartitionThatHasNotComeSinceTheRestoreHoldsTimeBack() throws Exception {
    read(good(0, 1, 103_000));
    read(good(1, 1, 900_000));
    OperatorSubtaskState state = router.snapshot(1, 1);
    try (var restored = harness()) {
      restored.initializeState(state);
      restored.open();
      restored.processElement(new StreamRecord<>(good(1, 2, 950_000), 950_000));
      state = restored.snapshot(2, 2);
    }

    try (var again = harness()) {
      again.setProcessingTime(1_000_000);
      again.initializeState(state);
      again.open();
      again.setProcessingTime(2_000_000);
      assertThat(again.getOutput()).containsExactly(new Watermark(103_000 - 1000 - 1));
    }
  }

  /** Flink deals partitions and times again: a partition may be far behind the time it is with. */
  @Test
  void aRescaledSourceGoesByItsEventsAlone() throws Exception {
    read(good(0, 1, 900_000));
    OperatorSubtaskState state = router.snapshot(1, 1);

    for (int parallelism : new int[] {1, 2}) {
      try (var restored = harness(parallelism)) { // the one that gets the state
        restored.setProcessingTime(1_000_000);
        restored.initializeState(state);
        restored.open();
        restored.setProcessingTime(2_000_000);
        assertThat(restored.getOutput()).hasSize(parallelism == 1 ? 1 : 0);
      }
    }
  }

  /** Flink deals each list by itself, so that parts of one subtask can come to several. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void noSubtaskOfARescaledSourceGoesByTheTimeOfAnother(int partitions) throws Exception {
    OperatorSubtaskState all =
        AbstractStreamOperatorTestHarness.repackageState(statesOfTwo(partitions));

    for (int subtask = 0; subtask < 3; subtask++) {
      OperatorSubtaskState dealt =
          AbstractStreamOperatorTestHarness.repartitionOperatorState(
              all, MAX_PARALLELISM, 2, 3, subtask);
      OperatorSubtaskState next;
      try (var rescaled = harness(3)) {
        rescaled.setProcessingTime(1_000_000);
        rescaled.initializeState(dealt);
        rescaled.open();
        rescaled.setProcessingTime(2_000_000);
        assertThat(rescaled.getOutput()).as("subtask %d", subtask).isEmpty();
        rescaled.processElement(new StreamRecord<>(good(subtask, 9, 990_000), 990_000));
        next = rescaled.snapshot(2, 2);
      }
      try (var again = harness(3)) {
        again.setProcessingTime(3_000_000);
        again.initializeState(next);
        again.open();
        again.setProcessingTime(4_000_000);
        assertThat(again.getOutput()).as("it may have partitions that never came").isEmpty();
        again.processElement(new StreamRecord<>(good(subtask, 10, 991_000), 991_000));
        again.processWatermark(new Watermark(980_000));
        next = again.snapshot(3, 3);
      }
      try (var known = harness(3)) {
        known.setProcessingTime(5_000_000);
        known.initializeState(next);
        known.open();
        known.setProcessingTime(6_000_000);
        assertThat(known.getOutput()).containsExactly(new Watermark(991_000 - 1000 - 1));
      }
    }
  }

  @Test
  void aSourceThatIsRescaledToOneSubtaskHasTheTimesOfAll() throws Exception {
    try (var restored = harness(1)) {
      restored.setProcessingTime(1_000_000);
      restored.initializeState(AbstractStreamOperatorTestHarness.repackageState(statesOfTwo(1)));
      restored.open();
      restored.setProcessingTime(2_000_000);
      assertThat(restored.getOutput()).containsExactly(new Watermark(800_000 - 1000 - 1));
    }
  }

  /** Of two subtasks, each with partitions of its own. */
  private static OperatorSubtaskState[] statesOfTwo(int partitions) throws Exception {
    OperatorSubtaskState[] states = new OperatorSubtaskState[2];
    for (int i = 0; i < 2; i++) {
      try (var one = harness(2)) {
        one.open();
        long time = 900_000 - 100_000L * i;
        for (int each = 0; each < partitions; each++) {
          one.processElement(new StreamRecord<>(good(2 * each + i, 1, time), time));
        }
        states[i] = one.snapshot(1, 1);
      }
    }
    return states;
  }

  private void read(SourceRecord<Click> record) throws Exception {
    router.processElement(new StreamRecord<>(record, record.timestamp()));
  }

  private List<SourceOffset> offsets() {
    Queue<StreamRecord<SourceOffset>> told = router.getSideOutput(SourceRouter.OFFSETS);
    return told.stream().map(StreamRecord::getValue).toList();
  }

  private static SourceRecord<Click> good(int partition, long offset, long timestamp) {
    return new Good<>(new Click("a", timestamp), timestamp, 0, partition, offset);
  }

  private static DeadLetter letter(int partition, long offset) {
    Rejection rejection = new Rejection(Rejection.Kind.NOT_JSON, "not JSON");
    return new DeadLetter("clicks", partition, offset, 1, rejection, new byte[] {1, 2});
  }

  private static OneInputStreamOperatorTestHarness<SourceRecord<Click>, Click> harness()
      throws Exception {
    return harness(1);
  }

  private static OneInputStreamOperatorTestHarness<SourceRecord<Click>, Click> harness(
      int parallelism) throws Exception {
    var harness =
        new OneInputStreamOperatorTestHarness<>(
            new SourceRouter<Click>("clicks", Duration.ofSeconds(1), SourceRouter.NEVER),
            MAX_PARALLELISM,
            parallelism,
            0,
            WireType.<SourceRecord<Click>>of(SourceRecord.class, Click.class).serializer(),
            new OperatorID());
    harness.setup(WireType.of(Click.class).serializer());
    return harness;
  }
}
