package io.freshet.train.table;

import io.freshet.feature.Fids;
import io.freshet.train.LoopFigures;
import io.freshet.train.message.ShardRequest.RowDelta;
import io.freshet.train.table.TableCounters.Counter;
import io.freshet.train.table.cache.RowCache;
import java.util.Locale;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.metrics.MetricGroup;

/**
 * The metrics of a shard: cache, lifecycle and staleness.
 *
 * <p>Staleness is the number of examples that other trainers learned between the pull of a batch's
 * rows and the return of its deltas. Every example has the bias once, so it is the number of
 * updates of that row that the batch did not know of. The metrics {@code unseen-examples} and
 * {@code moved-batches} are sums since the start, of the shard that has the bias; the same sums are
 * accumulators of the job.
 */
final class TableMetrics {
  private final EmbeddingTable table;
  private final LongCounter unseenExamples = new LongCounter();
  private final LongCounter movedBatches = new LongCounter();

  TableMetrics(EmbeddingTable table, RuntimeContext context, MetricGroup group) {
    this.table = table;
    context.addAccumulator(LoopFigures.UNSEEN_EXAMPLES, unseenExamples);
    context.addAccumulator(LoopFigures.UNSEEN_BATCHES, movedBatches);
    group.gauge("unseen_examples", unseenExamples::getLocalValuePrimitive);
    group.gauge("moved_batches", movedBatches::getLocalValuePrimitive);
    RowCache cache = table.cache();
    group.gauge("cache_rows", cache::size);
    group.gauge("cache_bytes", cache::bytes);
    group.gauge("cache_hits", cache::hits);
    group.gauge("cache_misses", cache::misses);
    table.lifecycle().ifPresent(lifecycle -> register(lifecycle, group));
  }

  private static void register(TableLifecycle lifecycle, MetricGroup group) {
    for (int i = 0; i < lifecycle.rules.size(); i++) {
      int place = i;
      MetricGroup field = group.addGroup("field", lifecycle.rules.name(place));
      for (Counter counter : Counter.values()) {
        field.gauge(name(counter), () -> lifecycle.counters.total(counter, place));
      }
    }
    group.gauge("surplus_rows", lifecycle::surplusRows);
    group.gauge("sketch_bytes", lifecycle::sketchBytes);
  }

  private static String name(Counter counter) {
    return counter.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Measures the staleness of a batch by the delta of its first row, before it is added. */
  void measureStaleness(RowDelta delta) throws Exception {
    if (delta.fids()[0] == Fids.BIAS) {
      unseenExamples.add(table.updates(Fids.BIAS) - delta.base()[0]);
      movedBatches.add(1);
    }
  }
}
