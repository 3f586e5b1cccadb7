package io.freshet.join.operator;

import io.freshet.join.Action;
import io.freshet.join.JoinCounts;
import io.freshet.join.JoinSettings;
import io.freshet.join.breaker.Breaker;
import io.freshet.join.policy.DelayHistogram;
import io.freshet.join.policy.WarmUp;
import io.freshet.wire.WireType;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.streaming.api.watermark.Watermark;

/**
 * What a subtask of the join knows besides its impressions, and how it is restored: a subtask takes
 * its own state back; after rescaling each takes an equal share of all delays and of what all
 * breakers know, the earliest time, and the counts of some.
 *
 * <p>The state of impressions has actions by their index, so new actions may only be added at the
 * end.
 */
final class JoinOperatorState {
  private static final long END_OF_TIME = Watermark.MAX_WATERMARK.getTimestamp();

  private final int subtask;
  private final int parallelism;
  private final List<String> actions;
  private final ListState<SubtaskState> stored;
  private final JoinCounts counts = new JoinCounts();
  private final DelayHistogram delays;
  private final WarmUp warmUp;
  private final Breaker breaker;
  private long watermark = END_OF_TIME;

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
    stored =
        store.getUnionListState(
            new ListStateDescriptor<>("subtasks", WireType.of(SubtaskState.class)));
    restore();
  }

  private void restore() throws Exception {
    List<SubtaskState> all = new ArrayList<>();
    stored.get().forEach(all::add);
    List<SubtaskState> own = all.stream().filter(this::isOwn).toList();
    double share = own.isEmpty() ? 1.0 / parallelism : 1;
    List<SubtaskState> known = own.isEmpty() ? all : own;
    for (SubtaskState each : all) {
      checkActions(each.actions());
      warmUp.shown(each.firstImpression());
      delays.addAll(each.delays(), 1.0 / parallelism);
      if (each.subtask() % parallelism == subtask) {
        counts.addAll(each.counts());
      }
    }
    for (SubtaskState each : known) {
      watermark = Math.min(watermark, each.watermark());
    }
    watermark = watermark == END_OF_TIME ? Long.MIN_VALUE : watermark;
    breaker.goOnFrom(known.stream().map(SubtaskState::breaker).toList(), share);
  }

  private boolean isOwn(SubtaskState state) {
    return state.subtask() == subtask && state.parallelism() == parallelism;
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
    stored.update(
        List.of(
            new SubtaskState(
                subtask,
                parallelism,
                sent,
                warmUp.first(),
                actions,
                counts.toArray(),
                delays.toArray(),
                breaker.toArray())));
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
