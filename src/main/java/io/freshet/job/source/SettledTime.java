package io.freshet.job.source;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.runtime.state.StateInitializationContext;

/**
 * The event time that a source had, or was about to have, at a checkpoint: in its state.
 *
 * <p>A source waits some seconds until it follows its first events ({@link PartitionTime}). If a
 * checkpoint falls into them and the job is restored from it, those events are not read again; and
 * if no others come, time would stand still although all of them are there to be learned.
 *
 * <p>A time holds for the partitions that were read. After rescaling, a subtask does not know which
 * ones it has until its source says a time, which it does once all of them have come; until then it
 * has no time to keep.
 */
final class SettledTime {
  /** Lists of earlier versions: Flink deals two lists apart, so a time lost its parallelism. */
  private static final List<String> OLD = List.of("settled-time", "settled-parallelism");

  private final long bound;
  private final int parallelism;
  private final ListState<long[]> state; // one pair: a time, and the parallelism
  private final Map<Integer, PartitionTime> partitions = new HashMap<>();
  private OptionalLong restored = OptionalLong.empty();
  private boolean isComplete; // whether all partitions of this subtask are known

  SettledTime(Duration outOfOrderness, int parallelism, StateInitializationContext context)
      throws Exception {
    bound = outOfOrderness.toMillis();
    this.parallelism = parallelism;
    OperatorStateStore store = context.getOperatorStateStore();
    store.getRegisteredStateNames().removeAll(OLD); // the names are a view of the states
    state =
        store.getListState(
            new ListStateDescriptor<>(
                "settled", PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO));
    isComplete = !context.isRestored();
    restore();
  }

  /** Takes the time of the same partitions: of the same subtask, or a single one those of all. */
  private void restore() throws Exception {
    int before = 0;
    int taken = 0;
    for (long[] pair : state.get()) {
      before = (int) pair[1];
      taken++;
      if (pair[0] != PartitionTime.UNKNOWN) {
        restored = OptionalLong.of(Math.min(restored.orElse(pair[0]), pair[0]));
      }
    }
    if (taken > 0) {
      isComplete = taken == before && parallelism == 1 || taken == 1 && before == parallelism;
    }
    if (!isComplete) {
      restored = OptionalLong.empty();
    }
  }

  void event(int partition, long time) {
    partitions
        .computeIfAbsent(partition, p -> new PartitionTime(bound, PartitionTime.UNKNOWN))
        .event(time);
  }

  /** The source has said a time, so all its partitions that have events have come. */
  void said() {
    isComplete = true;
  }

  /**
   * @param known partitions that were ever read; one that has not been since the restore may be as
   *     far back as it was then, however far the others have come
   */
  void store(Set<Integer> known) throws Exception {
    if (!isComplete) {
      state.update(List.of());
      return;
    }
    LongStream now = partitions.values().stream().mapToLong(PartitionTime::settled);
    LongStream then =
        partitions.isEmpty() || !partitions.keySet().containsAll(known)
            ? restored.stream()
            : LongStream.empty();
    long time = LongStream.concat(now, then).min().orElse(PartitionTime.UNKNOWN);
    state.update(List.of(new long[] {time, parallelism}));
  }

  /** The restored watermark, if no event has come since; never ahead of the clock. */
  OptionalLong watermark(long clock) {
    return partitions.isEmpty() && restored.isPresent()
        ? OptionalLong.of(Math.min(restored.getAsLong(), clock) - bound - 1)
        : OptionalLong.empty();
  }
}
