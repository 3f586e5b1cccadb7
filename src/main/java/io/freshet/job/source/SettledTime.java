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
import org.apache.flink.api.common.typeinfo.Types;

/**
 * The event time that a source had, or was about to have, at a checkpoint: in its state.
 *
 * <p>A source waits some seconds until it follows its first events ({@link PartitionTime}). If a
 * checkpoint falls into them and the job is restored from it, those events are not read again; and
 * if no others come, time would stand still although all of them are there to be learned.
 */
final class SettledTime {
  private final long bound;
  private final int parallelism;
  private final ListState<Long> state;
  private final ListState<Integer> storedParallelism;
  private final Map<Integer, PartitionTime> partitions = new HashMap<>();
  private OptionalLong restored = OptionalLong.empty();

  SettledTime(Duration outOfOrderness, int parallelism, OperatorStateStore store) throws Exception {
    bound = outOfOrderness.toMillis();
    this.parallelism = parallelism;
    state = store.getListState(new ListStateDescriptor<>("settled-time", Types.LONG));
    storedParallelism =
        store.getListState(new ListStateDescriptor<>("settled-parallelism", Types.INT));
    if (!isRescaled()) {
      for (long time : state.get()) {
        restored = OptionalLong.of(Math.min(restored.orElse(time), time));
      }
    }
  }

  /**
   * Whether times may be with other partitions than theirs; a single subtask has all of both. State
   * of builds that did not store it says no.
   */
  private boolean isRescaled() throws Exception {
    if (parallelism == 1) {
      return false;
    }
    for (int stored : storedParallelism.get()) {
      if (stored != parallelism) {
        return true;
      }
    }
    return false;
  }

  void event(int partition, long time) {
    partitions
        .computeIfAbsent(partition, p -> new PartitionTime(bound, PartitionTime.UNKNOWN))
        .event(time);
  }

  /**
   * @param known partitions that were ever read; one that has not been since the restore may be as
   *     far back as it was then, however far the others have come
   */
  void store(Set<Integer> known) throws Exception {
    LongStream now = partitions.values().stream().mapToLong(PartitionTime::settled);
    LongStream then =
        partitions.isEmpty() || !partitions.keySet().containsAll(known)
            ? restored.stream()
            : LongStream.empty();
    OptionalLong time = LongStream.concat(now, then).min();
    state.update(time.isPresent() ? List.of(time.getAsLong()) : List.of());
    storedParallelism.update(List.of(parallelism));
  }

  /** The restored watermark, if no event has come since; never ahead of the clock. */
  OptionalLong watermark(long clock) {
    return partitions.isEmpty() && restored.isPresent()
        ? OptionalLong.of(Math.min(restored.getAsLong(), clock) - bound - 1)
        : OptionalLong.empty();
  }
}
