package io.freshet.join.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.join.Action;
import io.freshet.join.JoinCounts;
import io.freshet.join.JoinCounts.Count;
import io.freshet.join.JoinSettings;
import io.freshet.join.breaker.Breaker;
import io.freshet.join.policy.DelayHistogram;
import io.freshet.wire.WireType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What subtasks of the join know, through changes of their number. */
final class JoinRescaleOperatorTest {
  private static final int IDS = 2_000;
  private static final JoinSettings SETTINGS =
      JoinSettings.ofClicks(
          Duration.ofSeconds(100),
          Duration.ofMillis(0),
          Duration.ofMinutes(1),
          Duration.ofMillis(10));

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 8, 20, 32})
  void countsStayAndAStateIsReadByFew(int parallelism) throws Exception {
    List<OperatorSubtaskState> states = taken(8);

    List<JoinHarness> restored = restore(states, parallelism);

    assertThat(total(restored, Count.IMPRESSIONS)).isEqualTo(IDS);
    assertThat(opened(states, parallelism)).isLessThanOrEqualTo(2 * (8 + parallelism));
    close(restored);
  }

  @Test
  void moreSubtasksAllKnowTheTime() throws Exception {
    List<JoinHarness> restored = restore(taken(2), 32);

    for (JoinHarness subtask : restored) {
      subtask.impression(idOf(restored.indexOf(subtask), 32), -200_000);
    }

    // all came after the window of the watermark that had been sent
    assertThat(total(restored, Count.LATE_IMPRESSIONS)).isEqualTo(32);
    close(restored);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 20})
  void stateOfAnEarlierVersionIsReadOnceByAll(int parallelism) throws Exception {
    List<SubtaskState> known = List.of(earlier(0), earlier(1), earlier(2));

    List<JoinHarness> restored = restore(old(known), parallelism);

    assertThat(total(restored, Count.IMPRESSIONS)).isEqualTo(3 * 7);
    for (JoinHarness subtask : restored) {
      assertThat(modes(subtask.snapshot(2, 2))).doesNotContain(OperatorStateHandle.Mode.UNION);
    }
    close(restored);
  }

  /** What a subtask of three of an earlier version wrote. */
  private static SubtaskState earlier(int subtask) {
    JoinCounts counts = new JoinCounts();
    for (int i = 0; i < 7; i++) {
      counts.add(Count.IMPRESSIONS);
    }
    return new SubtaskState(
        subtask,
        3,
        500,
        0,
        SETTINGS.definition().actions().stream().map(Action::name).toList(),
        counts.toArray(),
        new DelayHistogram(SETTINGS.window().toMillis()).toArray(),
        Breaker.of(SETTINGS).toArray());
  }

  private static List<OperatorSubtaskState> taken(int parallelism) throws Exception {
    List<JoinHarness> subtasks = restore(List.of(), parallelism);
    for (int i = 0; i < IDS; i++) {
      String id = "i" + i;
      int owner =
          KeyGroupRangeAssignment.assignKeyToParallelOperator(
              id, JoinHarness.MAX_PARALLELISM, parallelism);
      subtasks.get(owner).impression(id, i);
    }
    List<OperatorSubtaskState> states = new ArrayList<>();
    for (JoinHarness subtask : subtasks) {
      subtask.watermarks(IDS);
      states.add(subtask.snapshot(1, 1));
    }
    close(subtasks);
    return states;
  }

  private static List<JoinHarness> restore(List<OperatorSubtaskState> states, int parallelism)
      throws Exception {
    List<JoinHarness> restored = new ArrayList<>();
    for (int i = 0; i < parallelism; i++) {
      restored.add(
          states.isEmpty()
              ? JoinHarness.start(SETTINGS, parallelism, i)
              : JoinHarness.restore(
                  SETTINGS,
                  AbstractStreamOperatorTestHarness.repackageState(
                      states.toArray(OperatorSubtaskState[]::new)),
                  states.size(),
                  parallelism,
                  i));
    }
    return restored;
  }

  /** How many files of operator state all subtasks open together. */
  private static int opened(List<OperatorSubtaskState> states, int parallelism) throws Exception {
    OperatorSubtaskState all =
        AbstractStreamOperatorTestHarness.repackageState(
            states.toArray(OperatorSubtaskState[]::new));
    int opened = 0;
    for (int i = 0; i < parallelism; i++) {
      opened +=
          AbstractStreamOperatorTestHarness.repartitionOperatorState(
                  all, JoinHarness.MAX_PARALLELISM, states.size(), parallelism, i)
              .getManagedOperatorState()
              .size();
    }
    return opened;
  }

  private static Set<OperatorStateHandle.Mode> modes(OperatorSubtaskState state) {
    Set<OperatorStateHandle.Mode> modes = new HashSet<>();
    for (OperatorStateHandle handle : state.getManagedOperatorState()) {
      handle
          .getStateNameToPartitionOffsets()
          .values()
          .forEach(info -> modes.add(info.getDistributionMode()));
    }
    return modes;
  }

  private static String idOf(int subtask, int parallelism) {
    for (int i = 0; ; i++) {
      String id = "late" + i;
      if (KeyGroupRangeAssignment.assignKeyToParallelOperator(
              id, JoinHarness.MAX_PARALLELISM, parallelism)
          == subtask) {
        return id;
      }
    }
  }

  private static long total(List<JoinHarness> subtasks, Count count) {
    return subtasks.stream().mapToLong(subtask -> subtask.counts().of(count)).sum();
  }

  private static void close(List<JoinHarness> subtasks) {
    subtasks.forEach(JoinHarness::close);
  }

  private static List<OperatorSubtaskState> old(List<SubtaskState> known) throws Exception {
    List<OperatorSubtaskState> states = new ArrayList<>();
    for (SubtaskState each : known) {
      var harness =
          new OneInputStreamOperatorTestHarness<>(
              new UnionWriter(each), JoinHarness.MAX_PARALLELISM, known.size(), each.subtask());
      harness.open();
      states.add(harness.snapshot(1, 1));
      harness.close();
    }
    return states;
  }

  /** Has a state in a list of which each subtask reads all, as earlier versions. */
  private static final class UnionWriter extends AbstractStreamOperator<String>
      implements OneInputStreamOperator<String, String> {
    private static final long serialVersionUID = 1L;
    private final transient SubtaskState state;

    UnionWriter(SubtaskState state) {
      this.state = state;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
      super.initializeState(context);
      context
          .getOperatorStateStore()
          .getUnionListState(new ListStateDescriptor<>("subtasks", WireType.of(SubtaskState.class)))
          .update(List.of(state));
    }

    @Override
    public void processElement(StreamRecord<String> element) {}
  }
}
