package io.freshet.train.loop;

import io.freshet.train.LoopFigures;
import io.freshet.wire.CheckpointedCounters;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.accumulators.LongMaximum;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** What a trainer counts: as metrics, and as accumulators for the figures of a whole run. */
final class TrainerCounts {
  private final CheckpointedCounters checkpointed;
  private final Counter examples;
  private final Counter batches;
  private final Counter drainsAbandoned;
  private final LongCounter learned = new LongCounter();
  private final LongCounter rowSteps = new LongCounter();
  private final LongMaximum partition = new LongMaximum();
  private volatile long drainMillis; // read by the threads of Flink's metrics

  TrainerCounts(OperatorStateStore state, MetricGroup metrics, RuntimeContext run)
      throws Exception {
    checkpointed = new CheckpointedCounters(state, 1);
    examples = checkpointed.publish(0, metrics, "examples");
    batches = metrics.counter("batches");
    drainsAbandoned = metrics.counter("drains_abandoned");
    metrics.gauge("last_drain_millis", () -> drainMillis);
    run.addAccumulator(LoopFigures.EXAMPLES, learned);
    run.addAccumulator(LoopFigures.ROW_STEPS, rowSteps);
    run.addAccumulator(LoopFigures.LARGEST_PARTITION, partition);
  }

  /** To be called when the operator's state is taken. */
  void store() throws Exception {
    checkpointed.store();
  }

  /** Counts a batch of so many examples, which changed rows so many times. */
  void learned(int batch, long steps) {
    examples.inc(batch);
    batches.inc();
    learned.add(batch);
    rowSteps.add(steps);
    partition.add(learned.getLocalValuePrimitive());
  }

  void drained(long nanos) {
    drainMillis = TimeUnit.NANOSECONDS.toMillis(nanos);
  }

  /** Counts a drain whose checkpoint was aborted before it was over. */
  void drainAbandoned() {
    drainsAbandoned.inc();
  }
}
