package io.freshet.train.loop;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.ModelSettings;
import io.freshet.model.batch.ExampleAttributes;
import io.freshet.model.batch.MiniBatch;
import io.freshet.model.batch.Predictions;
import io.freshet.model.dense.DenseParameters;
import io.freshet.model.dense.ModelShape;
import io.freshet.model.learn.BatchLearner;
import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.model.row.FieldRules;
import io.freshet.model.row.RowLayout;
import io.freshet.train.LoopFigures;
import io.freshet.train.SkippedExample;
import io.freshet.train.TrainSettings;
import io.freshet.train.dense.DenseReplica;
import io.freshet.train.dense.LocalOptimizerState;
import io.freshet.train.feedback.FeedbackChannels;
import io.freshet.train.message.DenseDelta;
import io.freshet.train.message.LoopCodecs;
import io.freshet.train.message.MessageCodecs;
import io.freshet.train.message.ReplyTo;
import io.freshet.train.message.ShardRequest;
import io.freshet.train.message.ShardResponse;
import io.freshet.train.message.ShardResponse.DenseSlices;
import io.freshet.train.message.ShardResponse.Rows;
import io.freshet.train.state.LoopRules;
import io.freshet.train.state.StateCompatibility;
import io.freshet.wire.CheckpointedCounters;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.accumulators.LongMaximum;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.OutputTag;

/**
 * The head of the loop: gathers examples into batches, pulls their rows, predicts and learns, and
 * sends back how far everything moved.
 *
 * <p>The life of a batch is told in {@link InFlightBatches}. At most {@code maxInFlight} batches
 * are open: that bounds staleness and memory, and is the loop's only flow control.
 *
 * <p><b>The drain.</b> Ahead of a barrier the trainer sends what it holds and waits until nothing
 * of it is under way: no batch and no dense request. So it has no state but the shape of its
 * features, a count and maybe optimiser slots ({@link LocalOptimizerState}), and the shards' state
 * at the barrier holds every example before it and none after. The drain ends early only when its
 * checkpoint is aborted, and then the barrier means nothing any more.
 *
 * <p>A watermark is held until the examples before it are learned, so that no prediction comes
 * behind it.
 */
public final class Trainer extends AbstractStreamOperator<Predictions>
    implements OneInputStreamOperator<LabeledExample, Predictions>, BoundedOneInput {
  private static final long serialVersionUID = 1L;
  private static final int MAX_MESSAGE_BYTES = 1 << 20;
  private static final long NO_CHECKPOINT = 0; // Flink counts them from 1

  static final OutputTag<ShardRequest> SHARDS = new OutputTag<>("shards", LoopCodecs.SHARD_REQUEST);
  static final OutputTag<SkippedExample> SKIPPED =
      new OutputTag<>("skipped", MessageCodecs.SKIPPED_EXAMPLE);
  static final OutputTag<DenseDelta> MERGERS = new OutputTag<>("mergers", LoopCodecs.DENSE_DELTA);

  private final FeatureSchema schema;
  private final ModelSettings model;
  private final TrainSettings settings;
  private final ExampleAttributes.Choice traits;

  private transient MailboxExecutor mailbox;
  private transient Consumer<ShardResponse> head;
  private transient ReplyTo replyTo;
  private transient int parallelism;
  private transient int maxParallelism;
  private transient MailboxWait waiting;
  private transient BatchLearner learner;
  private transient ActiveFieldFilter known;
  private transient LocalOptimizerState slots;
  private transient DenseParameters dense;
  private transient DenseReplica replica;

  private transient InFlightBatches window;
  private transient long begun; // batches that have got their first example
  private transient long draining; // the checkpoint that the trainer drains for
  private transient boolean abandoned; // that checkpoint was aborted
  private transient long lastCheckpoint;
  private transient boolean ended;

  private transient CheckpointedCounters kept;
  private transient Counter examples;
  private transient Counter batches;
  private transient Counter drainsAbandoned;
  private transient long drainMillis;
  private transient LongCounter learnedCount;
  private transient LongCounter rowSteps;
  private transient LongMaximum partition;

  Trainer(FeatureSchema schema, ModelSettings model, TrainSettings settings) {
    this(schema, model, settings, ExampleAttributes.Choice.USERS);
  }

  /** A trainer that tells more of the examples it predicts. */
  Trainer(
      FeatureSchema schema,
      ModelSettings model,
      TrainSettings settings,
      ExampleAttributes.Choice traits) {
    this.schema = schema;
    this.model = model;
    this.settings = settings;
    this.traits = traits;
  }

  @Override
  public void setMailboxExecutor(MailboxExecutor mailbox) {
    super.setMailboxExecutor(mailbox);
    this.mailbox = mailbox;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    lastCheckpoint = context.getRestoredCheckpointId().orElse(NO_CHECKPOINT);
    StateCompatibility.ofFeatures(schema)
        .guard(context.getOperatorStateStore(), getRuntimeContext());
    kept = new CheckpointedCounters(context.getOperatorStateStore(), 1);
    slots = new LocalOptimizerState(context.getOperatorStateStore());
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    kept.store();
    slots.store(dense, ModelShape.of(schema, model));
  }

  @Override
  public void open() throws Exception {
    super.open();
    LoopRules.check(this);
    LoopRules.checkSums(settings.learning(), getRuntimeContext());
    var task = getRuntimeContext().getTaskInfo();
    parallelism = task.getNumberOfParallelSubtasks();
    maxParallelism = task.getMaxNumberOfParallelSubtasks();
    replyTo =
        new ReplyTo(UUID.randomUUID(), task.getIndexOfThisSubtask(), LoopRules.location(this));
    waiting =
        new MailboxWait(
            mailbox, processingTimeService::getCurrentProcessingTime, this::openRequests);
    long patience = MailboxWait.PATIENCE.toMillis();
    processingTimeService.scheduleWithFixedDelay(time -> waiting.look(), patience, patience / 2);
    openModel();
    openMetrics();
    head = answer -> mailbox.execute(() -> onAnswer(answer), "answer to the trainer");
    FeedbackChannels.open(replyTo.channel(), head);
  }

  private String openRequests() {
    return "trainer %d, with %d batches and %d dense slices unanswered,"
        .formatted(replyTo.trainer(), window.inFlight(), replica.open());
  }

  private void openModel() throws Exception {
    RowLayout layout = new RowLayout(model, settings.learning());
    OptimizerSettings by = settings.learning().dense();
    dense = DenseParameters.start(schema.size(), model, by);
    slots.restore(dense, ModelShape.of(schema, model), model, by);
    int maxRows = Math.max(1, MAX_MESSAGE_BYTES / (Float.BYTES * layout.width() + 24));
    FieldRules rules = new FieldRules(settings.learning().table());
    window =
        new InFlightBatches(
            () ->
                new InFlightBatch(
                    new ShardGroups(parallelism, maxParallelism, maxRows), layout.width(), rules));
    known = new ActiveFieldFilter(schema);
    learner = new BatchLearner(schema, model, settings.learning(), layout, dense, this::skipped);
    replica =
        new DenseReplica(
            dense,
            settings.denseSlices(),
            replyTo,
            parallelism,
            maxParallelism,
            delta -> output.collect(MERGERS, new StreamRecord<>(delta)));
  }

  private void openMetrics() {
    examples = kept.publish(0, getMetricGroup(), "examples");
    batches = getMetricGroup().counter("batches");
    drainsAbandoned = getMetricGroup().counter("drains-abandoned");
    learnedCount = new LongCounter();
    rowSteps = new LongCounter();
    partition = new LongMaximum();
    getRuntimeContext().addAccumulator(LoopFigures.EXAMPLES, learnedCount);
    getRuntimeContext().addAccumulator(LoopFigures.ROW_STEPS, rowSteps);
    getRuntimeContext().addAccumulator(LoopFigures.LARGEST_PARTITION, partition);
    getMetricGroup().gauge("skipped", () -> learner.skipped());
    getMetricGroup().gauge("batches-in-flight", () -> window.inFlight());
    getMetricGroup().gauge("wait-millis", () -> waiting.millis());
    getMetricGroup().gauge("last-drain-millis", () -> drainMillis);
  }

  @Override
  public void processElement(StreamRecord<LabeledExample> element) throws Exception {
    replica.ask();
    MiniBatch filling = window.filling().examples;
    filling.add(known.of(element.getValue()));
    if (filling.size() == 1) {
      begun++;
    }
    if (filling.size() == settings.batchSize()) {
      send();
    } else if (filling.size() == 1) {
      lingerFor(begun);
    }
  }

  /** Sends the batch part-filled if the examples that would fill it do not come in time. */
  private void lingerFor(long batch) {
    long due = processingTimeService.getCurrentProcessingTime() + settings.batchLinger().toMillis();
    processingTimeService.registerTimer(
        due,
        time -> {
          if (!waiting.isOn() && begun == batch) {
            send();
          }
        });
  }

  private void send() throws InterruptedException {
    if (window.filling().examples.isEmpty()) {
      return;
    }
    InFlightBatch batch = window.takeFilling();
    waiting.until(this::hasPlace);
    window.open(batch);
    batch.lookUp(replyTo, parallelism, maxParallelism, this::toShards);
  }

  /** Runs as a mail, maybe inside a wait: never waits. */
  private void onAnswer(ShardResponse answer) {
    if (answer instanceof Rows rows) {
      window.opened(rows.batch()).accept(rows);
    } else if (answer instanceof DenseSlices slices) {
      replica.accept(slices);
    }
    while (window.hasComplete() && replica.isReady()) {
      learn(window.takeComplete());
    }
    if (replica.pending() >= settings.denseSyncEvery() && !replica.isOpen()) {
      replica.send();
    }
  }

  private void learn(InFlightBatch batch) {
    Predictions predictions = batch.learn(learner);
    ExampleAttributes whose =
        traits.of(batch.examples, replyTo.trainer(), lastCheckpoint); // still held
    batch.sendMoves(this::toShards);
    window.remember(batch);
    replica.learned(predictions.learned());
    output.collect(new StreamRecord<>(predictions.with(whose)));
    batch.heldWatermark.release(output);
    examples.inc(predictions.learned());
    batches.inc();
    learnedCount.add(predictions.learned());
    rowSteps.add(learner.lastSteps());
    partition.add(learnedCount.getLocalValuePrimitive());
  }

  @Override
  public void processWatermark(Watermark mark) {
    window.newestWatermark().hold(mark);
    releaseIfIdle();
  }

  @Override
  public void processWatermarkStatus(WatermarkStatus status) {
    window.newestWatermark().hold(status);
    releaseIfIdle();
  }

  private void releaseIfIdle() {
    if (window.isEmpty()) {
      window.newestWatermark().release(output);
    }
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    super.prepareSnapshotPreBarrier(checkpointId);
    if (ended) {
      return; // all is home, and nothing sent now would be received
    }
    long start = System.nanoTime();
    if (!drain(checkpointId)) {
      drainsAbandoned.inc();
      LOG.warn("checkpoint {} was aborted before the trainer had drained", checkpointId);
    }
    lastCheckpoint = checkpointId;
    drainMillis = (System.nanoTime() - start) / 1_000_000;
  }

  @Override
  public void notifyCheckpointAborted(long checkpointId) throws Exception {
    super.notifyCheckpointAborted(checkpointId);
    abandoned |= checkpointId == draining;
  }

  @Override
  public void endInput() throws Exception {
    drain(NO_CHECKPOINT);
    ended = true;
  }

  /** Brings everything home; false if the checkpoint was aborted meanwhile. */
  private boolean drain(long checkpointId) throws InterruptedException {
    draining = checkpointId;
    abandoned = false;
    waiting.until(() -> hasPlace() || abandoned);
    if (!hasPlace()) {
      lingerFor(begun); // its timer may have come while the trainer waited
      draining = NO_CHECKPOINT;
      return false;
    }
    send();
    waiting.until(() -> isHome() || abandoned);
    if (isHome()) {
      learner.flushDense();
      replica.sendIfAsked();
      waiting.until(() -> isHome() || abandoned);
    }
    draining = NO_CHECKPOINT;
    return isHome();
  }

  private boolean hasPlace() {
    return window.inFlight() < settings.maxInFlight();
  }

  private boolean isHome() {
    return window.inFlight() == 0 && !replica.isOpen();
  }

  private void skipped(LabeledExample example, String reason) {
    output.collect(SKIPPED, new StreamRecord<>(new SkippedExample(example, reason)));
  }

  private void toShards(ShardRequest request) {
    output.collect(SHARDS, new StreamRecord<>(request));
  }

  @Override
  public void close() throws Exception {
    if (replyTo != null) {
      FeedbackChannels.close(replyTo.channel(), head);
    }
    super.close();
  }
}
