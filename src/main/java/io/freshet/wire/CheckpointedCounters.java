package io.freshet.wire;

import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;

/**
 * Counters of an operator that lie in its checkpoint, so that what is replayed after a failure is
 * counted once, and equations between the counters of several operators hold at every checkpoint.
 *
 * <p>They hold for the sums over all subtasks: after rescaling one alone may have more or less than
 * it counted itself. A failure takes them back to the last checkpoint, so they are totals to be
 * compared, not to be differentiated.
 */
public final class CheckpointedCounters {
  private final ListState<long[]> stored;
  private final SimpleCounter[] counters;

  /**
   * Restores the counters.
   *
   * @param size how many there are; may grow from version to version
   */
  public CheckpointedCounters(OperatorStateStore state, int size) throws Exception {
    stored =
        state.getListState(
            new ListStateDescriptor<>(
                "kept-counts", PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO));
    counters = new SimpleCounter[size];
    for (int i = 0; i < size; i++) {
      counters[i] = new SimpleCounter();
    }
    for (long[] counts : stored.get()) {
      for (int i = 0; i < counts.length; i++) {
        counters[i].inc(counts[i]);
      }
    }
  }

  /**
   * Makes a counter a metric.
   *
   * @param number its place in the state: never another's
   */
  public Counter publish(int number, MetricGroup group, String name) {
    return group.counter(name, counters[number]);
  }

  /** To be called when the operator's state is taken. */
  public void store() throws Exception {
    long[] counts = new long[counters.length];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = counters[i].getCount();
    }
    stored.update(List.of(counts));
  }
}
