package io.freshet.join.operator;

import io.freshet.join.Action;
import io.freshet.join.JoinCounts;
import io.freshet.join.JoinSettings;
import io.freshet.join.breaker.Breaker;
import io.freshet.join.policy.DelayHistogram;
import io.freshet.join.policy.WarmUp;
import java.util.List;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.watermark.Watermark;

/**
 * What a subtask of the join knows beside its impressions: the time that it has come to, its
 * counts, how late clicks come, when the stream began, what the breaker has seen. All of it is part
 * of every checkpoint, and {@link SubtaskState} says who takes what back.
 *
 * <p>Impressions in state know actions by their places, so the names are kept as well: new ones may
 * only be added at the end.
 */
final class JoinOperatorState {
  private static final long END_OF_TIME = Watermark.MAX_WATERMARK.getTimestamp();

  private final SubtaskState shares;
  private final List<String> actions;
  private final ListState<long[]> storedCounts;
  private final ListState<long[]> storedTime;
  private final ListState<double[]> storedBreaker;
  private final ListState<double[]> storedDelays;
  private final ListState<String> storedActions;
  private final ListState<Long> storedStart;

  private final JoinCounts counts = new JoinCounts();
  private final DelayHistogram delays;
  private final WarmUp warmUp;
  private final Breaker breaker;
  private final long watermark;

  /**
   * Takes up what the last checkpoint holds, if there is one.
   *
   * @throws IllegalStateException if it knows other actions than are configured
   */
  JoinOperatorState(JoinSettings settings, OperatorStateStore store, TaskInfo task)
      throws Exception {
    shares = SubtaskState.of(task);
    actions = settings.definition().actions().stream().map(Action::name).toList();
    storedCounts =
        store.getListState(
            new ListStateDescriptor<>(
                "counts", PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO));
    storedTime = union(store, "time", PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO);
    storedBreaker =
        union(store, "breaker", PrimitiveArrayTypeInfo.DOUBLE_PRIMITIVE_ARRAY_TYPE_INFO);
    storedDelays = union(store, "delays", PrimitiveArrayTypeInfo.DOUBLE_PRIMITIVE_ARRAY_TYPE_INFO);
    storedStart = union(store, "start", Types.LONG);
    storedActions = union(store, "actions", Types.STRING);
    checkActions();
    for (long[] stored : storedCounts.get()) {
      counts.addAll(stored);
    }
    delays = new DelayHistogram(settings.window().toMillis());
    for (double[] stored : storedDelays.get()) {
      delays.addAll(stored, 1.0 / shares.parallelism()); // each has a share of all that was known
    }
    warmUp = new WarmUp(settings);
    for (long first : storedStart.get()) {
      warmUp.shown(first);
    }
    breaker = Breaker.of(settings);
    breaker.goOnFrom(shares.doubles(storedBreaker.get()), shares.part(storedBreaker.get()));
    watermark =
        shares.longs(storedTime.get()).stream()
            .mapToLong(time -> time[0])
            .filter(time -> time != END_OF_TIME)
            .min()
            .orElse(Long.MIN_VALUE);
  }

  private static <T> ListState<T> union(
      OperatorStateStore store, String name, TypeInformation<T> type) throws Exception {
    return store.getUnionListState(new ListStateDescriptor<>(name, type));
  }

  private void checkActions() throws Exception {
    for (String stored : storedActions.get()) {
      List<String> before = List.of(stored.split("\n"));
      if (before.size() > actions.size() || !before.equals(actions.subList(0, before.size()))) {
        throw new IllegalStateException(
            "the state knows the actions %s, in this order, but configured are %s; keep them and add new ones at the end"
                .formatted(before, actions));
      }
    }
  }

  /** Makes what is known now part of a checkpoint, with the watermark that was sent last. */
  void store(long sent) throws Exception {
    storedCounts.update(List.of(counts.toArray()));
    storedTime.update(List.of(shares.signed(new long[] {sent})));
    storedBreaker.update(List.of(shares.signed(breaker.toArray())));
    storedStart.update(List.of(warmUp.first()));
    storedDelays.update(List.of(delays.toArray()));
    storedActions.update(List.of(String.join("\n", actions)));
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

  /** The time that the checkpoint had come to; the least long without one. */
  long watermark() {
    return watermark;
  }
}
