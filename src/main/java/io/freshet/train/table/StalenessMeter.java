package io.freshet.train.table;

import io.freshet.feature.Fids;
import io.freshet.train.LoopFigures;
import io.freshet.train.message.ShardRequest.RowDelta;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.metrics.MetricGroup;

/**
 * How many examples a batch was learned without having seen: those that other trainers learned
 * between the pull of its rows and the return of its movement. Every example holds the bias once,
 * so it is the count by which that row's updates are ahead of those that the batch knew of.
 *
 * <p>The metrics {@code unseen-examples} and {@code moved-batches} are sums since the start, of the
 * shard that has the bias; the same sums are accumulators of the job.
 */
final class StalenessMeter {
  private final LongCounter examples = new LongCounter();
  private final LongCounter batches = new LongCounter();

  private StalenessMeter() {}

  static StalenessMeter of(RuntimeContext context, MetricGroup metrics) {
    StalenessMeter unseen = new StalenessMeter();
    context.addAccumulator(LoopFigures.UNSEEN_EXAMPLES, unseen.examples);
    context.addAccumulator(LoopFigures.UNSEEN_BATCHES, unseen.batches);
    metrics.gauge("unseen-examples", unseen.examples::getLocalValuePrimitive);
    metrics.gauge("moved-batches", unseen.batches::getLocalValuePrimitive);
    return unseen;
  }

  /** Whether the message holds the bias, which is a batch's first row. */
  static boolean tells(RowDelta delta) {
    return delta.fids()[0] == Fids.BIAS;
  }

  /** Takes note of a message that {@link #tells}, before it is added. */
  void note(RowDelta delta, long updates) {
    examples.add(updates - delta.base()[0]);
    batches.add(1);
  }
}
