package io.freshet.train.table;

import io.freshet.feature.FeatureSchema;
import io.freshet.model.ModelSettings;
import io.freshet.model.TableSettings;
import io.freshet.model.row.RowBlock;
import io.freshet.model.row.RowLayout;
import io.freshet.model.row.RowMigration;
import io.freshet.model.row.TableCounts;
import io.freshet.model.row.UnknownRows;
import io.freshet.train.InitialModel;
import io.freshet.train.TrainSettings;
import io.freshet.train.feedback.ResponseRouter;
import io.freshet.train.message.MessageCodecs;
import io.freshet.train.message.ShardRequest;
import io.freshet.train.message.ShardRequest.Lookup;
import io.freshet.train.message.ShardRequest.Occurrences;
import io.freshet.train.message.ShardRequest.RowDelta;
import io.freshet.train.message.ShardResponse;
import io.freshet.train.message.ShardResponse.Rows;
import io.freshet.train.state.KeyGroups;
import io.freshet.train.state.LoopRules;
import io.freshet.train.state.StateCompatibility;
import io.freshet.train.state.StoredSettings;
import io.freshet.train.state.StoredShape;
import io.freshet.wire.CheckpointedCounters;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
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
 * <p><b>Lives.</b> Where the settings say so, features wait for their rows, and lose them when they
 * were not seen for long: {@link RowLifecycle}.
 *
 * <p><b>Another shape.</b> Restored from the state of a model with other fields or layers, the
 * shard rewrites its table ahead of the first barrier: {@link TableRewrite}. So it does when it
 * starts from a model learned elsewhere. State of other settings is converted row by row as the
 * shard opens, where it is told to: {@link RowMigration}.
 *
 * <p>A row's delta that is not finite moves nothing, and is counted; its occurrences count.
 *
 * <p><b>Barriers.</b> Changed rows trickle from the cache to state, and to the snapshot, when they
 * have been dirty for half a checkpoint interval; the barrier takes the rest.
 */
public final class EmbeddingShard extends AbstractStreamOperator<ShardResponse>
    implements OneInputStreamOperator<ShardRequest, ShardResponse>,
        BoundedOneInput,
        RowCache.Store,
        RowLifecycle.Entries {
  private static final long serialVersionUID = 1L;

  private static final String TABLE = "embedding-table";

  public static final OutputTag<RowBlock> TOUCHED =
      new OutputTag<>("touched-rows", MessageCodecs.ROW_BLOCK);
  public static final OutputTag<TableCounts> COUNTS =
      new OutputTag<>("table-counts", MessageCodecs.TABLE_COUNTS);

  private final FeatureSchema schema;
  private final ModelSettings model;
  private final TrainSettings settings;
  private final boolean direct;
  private final InitialModel start;
  private transient ResponseRouter answers;

  private transient RowLayout layout;
  private transient ValueState<StoredRow> table;
  private transient RowCache cache;
  private transient ShardTable rows;
  private transient ChangedRowBuffer touched;
  private transient TableLifecycle living; // null where every feature has its row for ever
  private transient ListState<String> listed; // by which rules features are listed
  private transient long trickleAfter; // milliseconds that a row may stay dirty
  private transient StoredShape shape;
  private transient boolean isWarm; // starts from another model
  private transient Optional<StoredSettings> earlier; // those of a state that is to be converted
  private transient Optional<TableRewrite> rewrite; // still to be done
  private transient CheckpointedCounters kept;
  private transient Counter updates;
  private transient Counter refused;
  private transient StalenessMeter unseen;
  private transient long lastFlushMillis;

  public EmbeddingShard(FeatureSchema schema, ModelSettings model, TrainSettings settings) {
    this(schema, model, settings, false, InitialModel.PLAIN);
  }

  /**
   * @param direct whether answers go straight to a trainer of the same process
   * @param start how its parameters begin
   */
  public EmbeddingShard(
      FeatureSchema schema,
      ModelSettings model,
      TrainSettings settings,
      boolean direct,
      InitialModel start) {
    this.start = start;
    this.schema = schema;
    this.model = model;
    this.settings = settings;
    this.direct = direct;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    earlier =
        StateCompatibility.ofRows(schema, model, settings.learning())
            .guard(context.getOperatorStateStore(), getRuntimeContext(), start.migrates());
    shape = StoredShape.of(context, schema, model, start.model());
    isWarm = !context.isRestored() && shape.before().isPresent();
    listed =
        context
            .getOperatorStateStore()
            .getUnionListState(new ListStateDescriptor<>("table-rules", Types.STRING));
    kept = new CheckpointedCounters(context.getOperatorStateStore(), 1);
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    kept.store();
  }

  @Override
  public void open() throws Exception {
    super.open();
    LoopRules.check(this);
    answers = new ResponseRouter(direct, answer -> output.collect(new StreamRecord<>(answer)));
    layout =
        new RowLayout(model, settings.learning(), UnknownRows.zeroIn(shape.now().lateFields()));
    table = getRuntimeContext().getState(new ValueStateDescriptor<>(TABLE, StoredRow.TYPE));
    cache = new RowCache(settings.cacheRows(), layout.width(), this);
    touched =
        new ChangedRowBuffer(layout, rows -> output.collect(TOUCHED, new StreamRecord<>(rows)));
    if (isWarm) {
      start.model().rows(new InitialRows(schema, livingState().groups(), layout, this));
    }
    if (earlier.isPresent()) {
      migrate(earlier.get());
    }
    openLives();
    rewrite =
        isWarm || shape.isChanged() || earlier.isPresent()
            ? Optional.of(new TableRewrite(schema, this, touched))
            : Optional.empty();
    rows =
        new ShardTable(
            cache,
            layout.width(),
            layout.parameters(),
            living == null ? ShardTable.Judge.NONE : living.lives());
    trickleAfter =
        getContainingTask()
            .getJobConfiguration()
            .getOptional(CheckpointingOptions.CHECKPOINTING_INTERVAL)
            .map(interval -> interval.toMillis() / 2)
            .orElse(Long.MAX_VALUE);
    updates = kept.publish(0, getMetricGroup(), "updates");
    refused = getMetricGroup().counter("refused-rows");
    unseen = StalenessMeter.of(getRuntimeContext(), getMetricGroup());
    getMetricGroup().gauge("cache-rows", () -> cache.size());
    getMetricGroup().gauge("cache-bytes", () -> cache.bytes());
    getMetricGroup().gauge("cache-hits", () -> cache.hits());
    getMetricGroup().gauge("cache-misses", () -> cache.misses());
    getMetricGroup().gauge("last-flush-millis", () -> lastFlushMillis);
  }

  /** Converts each row, which takes as long as to read and to write them all. */
  private void migrate(StoredSettings earlier) throws Exception {
    UnknownRows starts = UnknownRows.zeroIn(shape.now().lateFields());
    RowMigration migration =
        new RowMigration(
            earlier.rows(model),
            earlier.rows(settings.learning()),
            model,
            settings.learning(),
            starts);
    long[] fids;
    try (Stream<Long> features = livingState().allFeatures()) {
      fids = features.mapToLong(Long::longValue).toArray(); // state is written to meanwhile
    }
    for (long fid : fids) {
      StoredRow row = load(fid);
      if (!row.isAbsent()) {
        put(fid, row.with(migration.convert(fid, row.values())));
      }
    }
    LOG.info("converted the rows of {} features to the settings from now on", fids.length);
  }

  private void openLives() throws Exception {
    TableSettings rules = settings.learning().table();
    String text = TableLifecycle.text(rules);
    if (rules.isOn()) {
      living = new TableLifecycle(rules, cache, this, this, touched, livingState());
      living.open(!isListedBy(text));
      living.register(getMetricGroup());
    }
    listed.update(rules.isOn() ? List.of(text) : List.of());
  }

  /** Whether all that was restored is. */
  private boolean isListedBy(String rules) throws Exception {
    boolean any = false;
    for (String restored : listed.get()) {
      if (!restored.equals(rules)) {
        return false;
      }
      any = true;
    }
    return any;
  }

  private LifecycleState livingState() {
    KeyedStateBackend<Object> backend = getKeyedStateBackend();
    var task = getRuntimeContext().getTaskInfo();
    int all = task.getMaxNumberOfParallelSubtasks();
    KeyGroupRange own =
        KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
            all, task.getNumberOfParallelSubtasks(), task.getIndexOfThisSubtask());
    return new LifecycleState(backend, new KeyGroups(all, own), TABLE);
  }

  @Override
  public void processElement(StreamRecord<ShardRequest> element) throws Exception {
    ShardRequest request = element.getValue();
    long now = System.currentTimeMillis();
    if (request instanceof Lookup lookup) {
      LoopRules.checkShape(this, lookup.parallelism(), lookup.maxParallelism());
      answers.send(answer(lookup));
    } else if (request instanceof RowDelta delta) {
      if (StalenessMeter.tells(delta)) {
        unseen.note(delta, rows.updates(delta.fids()[0]));
      }
      learnedUpTo(delta.time());
      refused.inc(rows.add(delta, now));
      updates.inc(Arrays.stream(delta.counts()).asLongStream().sum());
    } else if (request instanceof Occurrences occurrences) {
      learnedUpTo(occurrences.time());
      living.lives().count(occurrences, now);
    }
    if (living != null) {
      living.sweep(request.fids().length);
    }
    if (trickleAfter != Long.MAX_VALUE) {
      cache.writeBackDirtySince(now - trickleAfter, request.fids().length);
    }
  }

  private Rows answer(Lookup lookup) throws Exception {
    long[] counts = new long[lookup.fids().length];
    int[] lives = new int[living == null ? 0 : counts.length];
    float[] values = new float[counts.length * layout.width()];
    int copied = rows.read(lookup.fids(), values, counts, lives);
    float[] present = copied == values.length ? values : Arrays.copyOf(values, copied);
    return new Rows(lookup.replyTo(), lookup.batch(), lookup.part(), counts, lives, present);
  }

  private void learnedUpTo(long time) {
    if (living != null) {
      living.lives().learnedUpTo(time);
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
    rewriteTable();
    cache.writeBackAll();
    if (living != null) {
      living.write();
      living.news().ifPresent(news -> output.collect(COUNTS, new StreamRecord<>(news)));
    }
    touched.flush();
    lastFlushMillis = (System.nanoTime() - start) / 1_000_000;
  }

  /** Ahead of what was learned since the start: in the snapshot, the last of a row counts. */
  private void rewriteTable() throws Exception {
    if (rewrite.isPresent()) {
      try (Stream<Long> features = livingState().allFeatures()) {
        rewrite.get().run(features, Optional.ofNullable(living).map(TableLifecycle::lives));
      }
      rewrite = Optional.empty();
    }
  }

  @Override
  public StoredRow load(long fid) throws Exception {
    setCurrentKey(fid);
    return table.value();
  }

  @Override
  public boolean admits(long fid) {
    return living == null || living.admits(fid);
  }

  @Override
  public void put(long fid, StoredRow entry) throws Exception {
    setCurrentKey(fid);
    table.update(entry);
  }

  @Override
  public void clear(long fid) throws Exception {
    setCurrentKey(fid);
    table.clear();
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
