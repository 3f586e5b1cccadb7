package io.freshet.join.operator;

import io.freshet.join.Action;
import io.freshet.join.JoinCounts;
import io.freshet.join.JoinSettings;
import io.freshet.join.breaker.Breaker;
import io.freshet.join.policy.DelayHistogram;
import io.freshet.join.policy.WarmUp;
import io.freshet.wire.UnionState;
import io.freshet.wire.WireType;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.watermark.Watermark;

/**
 * What a subtask of the join knows besides its impressions, and how it is restored.
 *
 * <p>A subtask takes its own state back. Where there are fewer subtasks than before, each takes
 * those of some: their counts and shares of what they know, the earliest time, and whatever was
 * amiss. Where there are more, some get none; each of those takes a share of what one subtask knew,
 * whose impressions were as even a sample, and no counts. So each state is written twice, and read
 * no more often than there are subtasks: nothing grows with the square of their number.
 *
 * <p>The state of impressions has actions by their index, so new actions may only be added at the
 * end.
 */
final class JoinOperatorState {
  private static final long END_OF_TIME = Watermark.MAX_WATERMARK.getTimestamp();

  private final int subtask;
  private final int parallelism;
  private final List<String> actions;
  private final ListState<SubtaskState> own;
  private final BroadcastState<Integer, SubtaskState> sample; // of one subtask, under 0
  private final JoinCounts counts = new JoinCounts();
  private final DelayHistogram delays;
  private final WarmUp warmUp;
  private final Breaker breaker;
  private long watermark = Long.MIN_VALUE;

  /**
   * Restores what the last checkpoint holds, if there is one.
   *
   * @throws IllegalStateException if it has other actions than are configured
   */
  JoinOperatorState(JoinSettings settings, OperatorStateStore store, TaskInfo task)
      throws Exception {
    subtask = task.getIndexOfThisSubtask();
    parallelism = task.getNumberOfParallelSubtasks();
    actions = settings.definition().actions().stream().map(Action::name).toList();
    delays = new DelayHistogram(settings.window().toMillis());
    warmUp = new WarmUp(settings);
    breaker = Breaker.of(settings);
    WireType<SubtaskState> type = WireType.of(SubtaskState.class);
    List<SubtaskState> ofAll =
        UnionState.takeOld(store, new ListStateDescriptor<>("subtasks", type));
    own = store.getListState(new ListStateDescriptor<>("subtask", type));
    sample = store.getBroadcastState(new MapStateDescriptor<>("subtasks", Types.INT, type));
    List<SubtaskState> ofSome = new ArrayList<>();
    own.get().forEach(ofSome::add);
    if (!ofAll.isEmpty()) {
      restoreOld(ofAll);
    } else if (!ofSome.isEmpty()) {
      ofSome.forEach(each -> counts.addAll(each.counts()));
      learnFrom(ofSome);
    } else if (sample.contains(0)) {
      learnFrom(List.of(sample.get(0)));
    }
  }

  /** From the state of an earlier version, of which each subtask has all. */
  private void restoreOld(List<SubtaskState> all) {
    all.stream()
        .filter(each -> each.subtask() % parallelism == subtask)
        .forEach(each -> counts.addAll(each.counts()));
    List<SubtaskState> same =
        all.stream()
            .filter(each -> each.subtask() == subtask && each.parallelism() == parallelism)
            .toList();
    learnFrom(same.isEmpty() ? all : same);
  }

  /** Takes the share of what these know that a subtask has of all impressions. */
  private void learnFrom(List<SubtaskState> known) {
    double share = (double) known.get(0).parallelism() / parallelism / known.size();
    watermark = END_OF_TIME;
    for (SubtaskState each : known) {
      checkActions(each.actions());
      warmUp.shown(each.firstImpression());
      delays.addAll(each.delays(), share);
      watermark = Math.min(watermark, each.watermark());
    }
    watermark = watermark == END_OF_TIME ? Long.MIN_VALUE : watermark;
    breaker.goOnFrom(known.stream().map(SubtaskState::breaker).toList(), share);
  }

  private void checkActions(List<String> before) {
    if (before.size() > actions.size() || !before.equals(actions.subList(0, before.size()))) {
      throw new IllegalStateException(
          "the state has the actions %s, in this order, but %s are configured; keep them and add new ones at the end"
              .formatted(before, actions));
    }
  }

  /** Makes what is known now part of a checkpoint, with the watermark that was sent last. */
  void store(long sent) throws Exception {
    SubtaskState now =
        new SubtaskState(
            subtask,
            parallelism,
            sent,
            warmUp.first(),
            actions,
            counts.toArray(),
            delays.toArray(),
            breaker.toArray());
    own.update(List.of(now));
    sample.put(0, now);
  }

  JoinCounts counts() {
    return counts;
  }

  DelayHistogram delays() {
    return delays;
  }

  WarmUp warmUp() {
    return warmUp;
  }

  Breaker breaker() {
    return breaker;
  }

  /** The watermark that the checkpoint had sent; the lowest without a checkpoint. */
  long watermark() {
    return watermark;
  }
}
