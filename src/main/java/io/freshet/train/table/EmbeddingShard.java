package io.freshet.train.table;

import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.TableSettings;
import io.freshet.model.row.RowBlock;
import io.freshet.model.row.RowLayout;
import io.freshet.model.row.RowMigration;
import io.freshet.model.row.TableCounts;
import io.freshet.model.row.UnknownRows;
import io.freshet.train.LoopSettings;
import io.freshet.train.Reset;
import io.freshet.train.SentTable;
import io.freshet.train.feedback.ParameterServer;
import io.freshet.train.feedback.ShardInbox;
import io.freshet.train.message.ShardRequest;
import io.freshet.train.message.ShardRequest.HandedOver;
import io.freshet.train.message.ShardRequest.Lookup;
import io.freshet.train.message.ShardRequest.Occurrences;
import io.freshet.train.message.ShardRequest.RowDelta;
import io.freshet.train.message.ShardRequest.Together;
import io.freshet.train.state.KeyGroups;
import io.freshet.train.state.LoopRules;
import io.freshet.train.state.StateCompatibility;
import io.freshet.train.state.StoredSettings;
import io.freshet.wire.CheckpointedCounters;
import io.freshet.wire.FullRequest;
import io.freshet.wire.ReplicatedTexts;
import io.freshet.wire.WireType;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * The operator around a shard's {@link EmbeddingTable}: responds to lookups, and adds the deltas
 * that come back. The table is keyed state by fid; a message is routed by its first fid, and all
 * its fids belong to this subtask.
 *
 * <p><b>Barriers.</b> Changed rows trickle from the cache to state, and to the snapshot, when they
 * have been dirty for half a checkpoint interval; the barrier takes the rest.
 *
 * <p><b>Restore.</b> State of other settings is converted as the shard opens, if the job migrates.
 * A shard whose model has another shape than its state rewrites its table before the first barrier:
 * {@link TableRewrite}. One that starts from a model learned elsewhere receives its rows first:
 * {@link InitialTable}.
 *
 * <p><b>Full.</b> Where the publisher has lost a version or a part, it asks for all rows; they are
 * sent at the next barrier.
 */
public final class EmbeddingShard extends ParameterServer<ShardRequest> {
  private static final long serialVersionUID = 1L;

  public static final OutputTag<RowBlock> CHANGED_ROWS =
      new OutputTag<>("changed-rows", WireType.of(RowBlock.class));
  public static final OutputTag<TableCounts> COUNTS =
      new OutputTag<>("table-counts", WireType.of(TableCounts.class));
  public static final OutputTag<SentTable> SENT_TABLES =
      new OutputTag<>("sent-tables", WireType.of(SentTable.class));

  private transient ShardInbox inbox; // null where messages go through the channels
  private transient EmbeddingTable table;
  private transient TableRewrite rewrite; // null when it is done
  private transient InitialTable initial; // null when it is whole, or there is none
  private transient ReplicatedTexts listingRules; // under which features are listed
  private transient FullRequest request;
  private transient String sent; // the last request that all rows were sent for
  private transient CheckpointedCounters checkpointed;
  private transient TableMetrics metrics;
  private transient Counter updates;
  private transient Counter refused;
  private transient long trickleAfter; // milliseconds that a row may stay dirty
  private transient long lastFlushMillis;

  /**
   * @param direct whether messages within a process bypass Flink's channels
   */
  public EmbeddingShard(LoopSettings settings, boolean direct) {
    super(settings, direct);
  }

  @Override
  protected StateCompatibility compatibility() {
    return StateCompatibility.ofRows(
        settings.schema(), settings.model(), settings.train().learning());
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    listingRules = new ReplicatedTexts(context.getOperatorStateStore(), "table-rules");
    checkpointed = new CheckpointedCounters(context.getOperatorStateStore(), 1);
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    checkpointed.store();
  }

  @Override
  public void open() throws Exception {
    super.open();
    openTable();
    request = new FullRequest(getRuntimeContext().getGlobalAggregateManager());
    sent = FullRequest.NONE;
    trickleAfter =
        getContainingTask()
            .getJobConfiguration()
            .getOptional(CheckpointingOptions.CHECKPOINTING_INTERVAL)
            .map(interval -> interval.toMillis() / 2)
            .orElse(Long.MAX_VALUE);
    metrics = new TableMetrics(table, getRuntimeContext(), getMetricGroup());
    updates = checkpointed.publish(0, getMetricGroup(), "updates");
    refused = getMetricGroup().counter("refused_rows");
    getMetricGroup().gauge("last_flush_millis", () -> lastFlushMillis);
    if (direct) {
      var context = getRuntimeContext();
      inbox =
          ShardInbox.open(
              context.getJobInfo().getJobId(), context.getTaskInfo().getIndexOfThisSubtask());
    }
  }

  @Override
  public void close() throws Exception {
    if (inbox != null) {
      inbox.close();
    }
    super.close();
  }

  private void openTable() throws Exception {
    LearningSettings learning = settings.train().learning();
    TableSettings rules = learning.table();
    UnknownRows starts = UnknownRows.zeroIn(shape.now().lateFields());
    var task = getRuntimeContext().getTaskInfo();
    KeyGroups groups =
        KeyGroups.of(
            task.getMaxNumberOfParallelSubtasks(),
            task.getNumberOfParallelSubtasks(),
            task.getIndexOfThisSubtask());
    table =
        new EmbeddingTable(
            new RowLayout(settings.model(), learning, starts),
            rules,
            settings.train().cacheRows(),
            new KeyedRowState(getKeyedStateBackend(), groups),
            rows -> output.collect(CHANGED_ROWS, new StreamRecord<>(rows)));
    rewrite = table.rewrite(settings.schema().indexes());
    if (earlier.isPresent()) {
      rewrite.convert(migration(earlier.get(), starts));
    }
    String listing = rules.isOn() ? TableLifecycle.text(rules) : "";
    List<String> restored = listingRules.restored();
    if (shape.isWarm()) {
      initial = new InitialTable(rewrite, settings.start().model().lastSeen());
    } else {
      table.restore(!restored.isEmpty() && restored.stream().allMatch(listing::equals));
    }
    listingRules.update(rules.isOn() ? List.of(listing) : List.of());
    if (!shape.isWarm() && !shape.isChanged() && earlier.isEmpty()) {
      rewrite = null;
    }
  }

  private RowMigration migration(StoredSettings before, UnknownRows starts) {
    ModelSettings model = settings.model();
    LearningSettings learning = settings.train().learning();
    return new RowMigration(before.rows(model), before.rows(learning), model, learning, starts);
  }

  /** Not when it opens: removals go to the snapshot, which takes nothing yet. */
  private void resetOnce() throws Exception {
    if (reset.hasRows()) {
      table.rewrite(settings.schema().indexes()).remove(reset);
      reset = Reset.NONE;
    }
  }

  @Override
  public void processElement(StreamRecord<ShardRequest> element) throws Exception {
    resetOnce();
    ShardRequest request = element.getValue();
    if (request instanceof HandedOver number) {
      request = inbox.take(number);
    }
    if (request instanceof Together several) {
      for (ShardRequest each : several.messages()) {
        take(each);
      }
    } else {
      take(request);
    }
  }

  private void take(ShardRequest request) throws Exception {
    if (initial == null) {
      serve(request);
    } else if (initial.take(request)) {
      List<ShardRequest> waiting = initial.waiting();
      initial = null;
      table.restore(false);
      for (ShardRequest each : waiting) {
        serve(each);
      }
    }
  }

  private void serve(ShardRequest request) throws Exception {
    int features = request.fids().length;
    long now = System.currentTimeMillis();
    if (request instanceof Lookup lookup) {
      LoopRules.checkShape(this, lookup.parallelism(), lookup.maxParallelism());
      respond(table.lookUp(lookup));
    } else if (request instanceof RowDelta delta) {
      metrics.measureStaleness(delta);
      refused.inc(table.add(delta, now));
      updates.inc(Arrays.stream(delta.counts()).asLongStream().sum());
    } else if (request instanceof Occurrences occurrences) {
      table.count(occurrences, now);
    } else {
      throw new IllegalStateException("a shard that has its rows is sent a model: " + request);
    }
    table.sweep(features);
    if (trickleAfter != Long.MAX_VALUE) {
      table.trickle(now - trickleAfter, features);
    }
  }

  @Override
  protected void flush() throws Exception {
    long begin = System.nanoTime();
    if (initial != null) {
      throw new IllegalStateException("a barrier came before the model that the job starts from");
    }
    resetOnce();
    if (rewrite != null) {
      rewrite.publishAll();
      rewrite = null;
    }
    table.flush();
    sendAllIfRequested();
    table.takeAddedCounts().ifPresent(counts -> output.collect(COUNTS, new StreamRecord<>(counts)));
    lastFlushMillis = (System.nanoTime() - begin) / 1_000_000;
  }

  private void sendAllIfRequested() throws Exception {
    String lineage = request();
    if (lineage.equals(FullRequest.NONE) || lineage.equals(sent)) {
      return;
    }
    table.rewrite(settings.schema().indexes()).publishAll();
    table.flush();
    sent = lineage;
    var task = getRuntimeContext().getTaskInfo();
    SentTable all =
        new SentTable(lineage, task.getIndexOfThisSubtask(), task.getNumberOfParallelSubtasks());
    output.collect(SENT_TABLES, new StreamRecord<>(all));
  }

  private String request() {
    try {
      return request.get();
    } catch (IOException e) {
      LOG.warn("whether a full snapshot is wanted is asked again at the next barrier", e);
      return FullRequest.NONE;
    }
  }
}
