package io.freshet.train;

import io.freshet.model.ModelSettings;
import io.freshet.model.RowBlock;
import io.freshet.model.RowLayout;
import io.freshet.train.Answer.Rows;
import io.freshet.train.ShardRequest.Lookup;
import io.freshet.train.ShardRequest.RowDelta;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * A shard of the embedding table: answers lookups with whole rows, optimiser slots included, and
 * adds the deltas that come back. It runs no optimiser: rows are vectors under (scaled) addition.
 *
 * <p><b>Keys.</b> The table is keyed state by fid. A message is routed by its first fid, and all
 * its fids belong to this subtask; the current key is set for each row that is read or written.
 *
 * <p><b>Concurrency scaling.</b> A row that several trainers pulled at once would make the whole
 * needed move once for each of them. A delta of m occurrences whose row has seen c occurrences from
 * others since it was pulled moves the row's parameters by m / (m + c) of itself; sums of squares
 * and {@code updates} are added whole. With one trainer c is 0 and the rule vanishes. Kin:
 * staleness-aware asynchronous SGD (Zhang et al. 2016, arXiv 1511.05950).
 *
 * <p>A row's delta that is not finite moves nothing, and is counted; its occurrences count.
 *
 * <p><b>Barriers.</b> Changed rows trickle from the cache to state, and to the snapshot, when they
 * have been dirty for half a checkpoint interval; the barrier takes the rest.
 */
final class EmbeddingShard extends AbstractStreamOperator<Answer>
    implements OneInputStreamOperator<ShardRequest, Answer>, BoundedOneInput, RowCache.Store {
  private static final long serialVersionUID = 1L;

  static final OutputTag<RowBlock> TOUCHED =
      new OutputTag<>("touched-rows", MessageCodecs.ROW_BLOCK);

  private final ModelSettings model;
  private final TrainSettings settings;
  private final boolean direct;
  private transient AnswerRoute answers;

  private transient RowLayout layout;
  private transient ValueState<StoredRow> table;
  private transient RowCache cache;
  private transient TouchedRows touched;
  private transient long trickleAfter; // milliseconds that a row may stay dirty
  private transient FiniteCheck finite;
  private transient Counter updates;
  private transient Counter refused;
  private transient long lastFlushMillis;

  EmbeddingShard(ModelSettings model, TrainSettings settings) {
    this(model, settings, false);
  }

  /**
   * @param direct whether answers go straight to a trainer of the same process
   */
  EmbeddingShard(ModelSettings model, TrainSettings settings, boolean direct) {
    this.model = model;
    this.settings = settings;
    this.direct = direct;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    StateShape.ofRows(model, settings.learning())
        .guard(context.getOperatorStateStore(), getRuntimeContext());
  }

  @Override
  public void open() throws Exception {
    super.open();
    LoopRules.check(this);
    answers = new AnswerRoute(direct, answer -> output.collect(new StreamRecord<>(answer)));
    layout = new RowLayout(model, settings.learning());
    table =
        getRuntimeContext().getState(new ValueStateDescriptor<>("embedding-table", StoredRow.TYPE));
    cache = new RowCache(settings.cacheRows(), layout.width(), this);
    touched = new TouchedRows(layout, rows -> output.collect(TOUCHED, new StreamRecord<>(rows)));
    trickleAfter =
        getContainingTask()
            .getJobConfiguration()
            .getOptional(CheckpointingOptions.CHECKPOINTING_INTERVAL)
            .map(interval -> interval.toMillis() / 2)
            .orElse(Long.MAX_VALUE);
    finite = new FiniteCheck();
    updates = getMetricGroup().counter("updates");
    refused = getMetricGroup().counter("refused-rows");
    getMetricGroup().gauge("cache-rows", () -> cache.size());
    getMetricGroup().gauge("cache-hits", () -> cache.hits());
    getMetricGroup().gauge("cache-misses", () -> cache.misses());
    getMetricGroup().gauge("last-flush-millis", () -> lastFlushMillis);
  }

  @Override
  public void processElement(StreamRecord<ShardRequest> element) throws Exception {
    ShardRequest request = element.getValue();
    long now = System.currentTimeMillis();
    if (request instanceof Lookup lookup) {
      LoopRules.checkShape(this, lookup.parallelism(), lookup.maxParallelism());
      answers.send(rows(lookup));
    } else if (request instanceof RowDelta delta) {
      apply(delta, now);
    }
    if (trickleAfter != Long.MAX_VALUE) {
      cache.writeBackDirtySince(now - trickleAfter, request.fids().length);
    }
  }

  private Rows rows(Lookup lookup) throws Exception {
    long[] fids = lookup.fids();
    int width = layout.width();
    long[] counts = new long[fids.length];
    float[] values = new float[fids.length * width];
    for (int i = 0; i < fids.length; i++) {
      int slot = cache.slot(fids[i]);
      counts[i] = cache.updates(slot);
      System.arraycopy(cache.values(), cache.at(slot), values, i * width, width);
    }
    return new Rows(lookup.replyTo(), lookup.batch(), lookup.part(), counts, values);
  }

  private void apply(RowDelta delta, long now) throws Exception {
    int width = layout.width();
    for (int i = 0; i < delta.fids().length; i++) {
      int slot = cache.slot(delta.fids()[i]);
      int own = delta.counts()[i];
      long others = cache.updates(slot) - delta.base()[i];
      float scale = (float) own / (own + others);
      if (finite.holds(delta.deltas(), i * width, width)) {
        add(delta.deltas(), i * width, cache.values(), cache.at(slot), scale);
      } else {
        refused.inc();
      }
      cache.changed(slot, own, delta.time(), now);
      updates.inc(own);
    }
  }

  private void add(float[] delta, int from, float[] row, int at, float scale) {
    int parameters = layout.parameters();
    for (int j = 0; j < parameters; j++) {
      row[at + j] += scale * delta[from + j];
    }
    for (int j = parameters; j < layout.width(); j++) {
      row[at + j] += delta[from + j];
    }
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    super.prepareSnapshotPreBarrier(checkpointId);
    flush();
  }

  @Override
  public void endInput() throws Exception {
    flush();
  }

  private void flush() throws Exception {
    long start = System.nanoTime();
    cache.writeBackAll();
    touched.flush();
    lastFlushMillis = (System.nanoTime() - start) / 1_000_000;
  }

  @Override
  public StoredRow load(long fid) throws Exception {
    setCurrentKey(fid);
    return table.value();
  }

  @Override
  public void start(long fid, float[] values, int at) {
    layout.start(fid, values, at);
  }

  @Override
  public void save(long fid, StoredRow row) throws Exception {
    setCurrentKey(fid);
    table.update(row);
    touched.add(fid, row);
  }
}
