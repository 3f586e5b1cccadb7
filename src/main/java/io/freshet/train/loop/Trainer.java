package io.freshet.train.loop;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.batch.ExampleAttributes;
import io.freshet.model.batch.MiniBatch;
import io.freshet.model.batch.Predictions;
import io.freshet.model.batch.SharedRows;
import io.freshet.model.dense.DenseParameters;
import io.freshet.model.dense.ModelShape;
import io.freshet.model.gauge.Gauge;
import io.freshet.model.learn.BatchLearner;
import io.freshet.model.row.FieldRules;
import io.freshet.model.row.RowLayout;
import io.freshet.model.row.RowPacking;
import io.freshet.train.LoopSettings;
import io.freshet.train.Reset;
import io.freshet.train.SkippedExample;
import io.freshet.train.WarmStart;
import io.freshet.train.dense.DenseReplica;
import io.freshet.train.dense.GaugeReplica;
import io.freshet.train.dense.LocalOptimizerState;
import io.freshet.train.feedback.FeedbackChannels;
import io.freshet.train.message.MergerRequest;
import io.freshet.train.message.ReplyTo;
import io.freshet.train.message.ShardRequest;
import io.freshet.train.message.ShardResponse;
import io.freshet.train.message.ShardResponse.DenseSlices;
import io.freshet.train.message.ShardResponse.GaugeValues;
import io.freshet.train.message.ShardResponse.Rows;
import io.freshet.train.state.DueReset;
import io.freshet.train.state.LoopRules;
import io.freshet.train.state.StateCompatibility;
import io.freshet.wire.WireType;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.operators.MailboxExecutor;
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
 * sends back the changes.
 *
 * <p>{@link InFlightBatches} describes the stages of a batch. At most {@code maxInFlight} batches
 * are open: that bounds staleness and memory, and is the loop's only flow control.
 *
 * <p><b>The drain.</b> Before a barrier the trainer sends its part-filled batch and waits until
 * nothing of it is in flight: no batch and no dense request. So it has no state but the fields of
 * its features, a count and maybe optimizer slots ({@link LocalOptimizerState}), and the shards'
 * state at the barrier has every example before it and none after. The drain ends early only when
 * its checkpoint is aborted, and then the barrier has no meaning any more.
 *
 * <p>A watermark is held until the examples before it are learned, so that no prediction follows
 * it.
 */
public final class Trainer extends AbstractStreamOperator<Predictions>
    implements OneInputStreamOperator<LabeledExample, Predictions>, BoundedOneInput {
  private static final long serialVersionUID = 1L;
  private static final int MAX_MESSAGE_BYTES = 1 << 20;
  private static final long NO_CHECKPOINT = 0; // Flink counts them from 1

  static final OutputTag<ShardRequest> SHARDS =
      new OutputTag<>("shards", WireType.of(ShardRequest.class));
  static final OutputTag<SkippedExample> SKIPPED =
      new OutputTag<>("skipped", WireType.of(SkippedExample.class));
  static final OutputTag<MergerRequest> MERGERS =
      new OutputTag<>("mergers", WireType.of(MergerRequest.class));

  private final LoopSettings settings;

  private transient MailboxExecutor mailbox;
  private transient ResponseInbox inbox;
  private transient ShardOutbox outbox;
  private transient ReplyTo replyTo;
  private transient int parallelism;
  private transient int maxParallelism;
  private transient MailboxWait waiting;
  private transient BatchLearner learner;
  private transient ActiveFieldFilter fieldFilter;
  private transient LocalOptimizerState localState;
  private transient DenseParameters dense;
  private transient Gauge gauge;
  private transient DenseReplica replica;
  private transient GaugeReplica gaugeReplica;

  private transient InFlightBatches batchesInFlight;
  private transient long begun; // batches with a first example
  private transient boolean isBatchWaiting; // for a place
  private transient long draining; // the checkpoint of the current drain
  private transient boolean abandoned; // that checkpoint was aborted
  private transient Reset reset;
  private transient boolean isRestored;
  private transient long lastCheckpoint;
  private transient boolean ended;

  private transient TrainerCounts counts;

  Trainer(LoopSettings settings) {
    this.settings = settings;
  }

  @Override
  public void setMailboxExecutor(MailboxExecutor mailbox) {
    super.setMailboxExecutor(mailbox);
    this.mailbox = mailbox;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    isRestored = context.isRestored();
    lastCheckpoint = context.getRestoredCheckpointId().orElse(NO_CHECKPOINT);
    StateCompatibility.ofFeatures(settings.schema())
        .guard(context.getOperatorStateStore(), getRuntimeContext(), false);
    counts =
        new TrainerCounts(context.getOperatorStateStore(), getMetricGroup(), getRuntimeContext());
    localState = new LocalOptimizerState(context.getOperatorStateStore());
    reset = DueReset.of(context, settings.start().reset());
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    counts.store();
    localState.store(dense, shape());
  }

  @Override
  public void open() throws Exception {
    super.open();
    LoopRules.check(this);
    LoopRules.checkSums(settings.train().learning(), getRuntimeContext());
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
    FeedbackChannels.open(replyTo.channel(), inbox);
    WarmStart model = settings.start().model();
    if (!isRestored && replyTo.trainer() == 0 && model.shape().isPresent()) {
      int width = 1 + settings.model().embeddingSize();
      new InitialRowSender(parallelism, maxParallelism, this::toShards).send(model, width);
    }
  }

  private String openRequests() {
    return "trainer %s, with %s batches and %s dense slices without a response,"
        .formatted(replyTo.trainer(), batchesInFlight.inFlight(), replica.slicesMissing());
  }

  private ModelShape shape() {
    return ModelShape.of(settings.schema(), settings.model());
  }

  private void openModel() throws Exception {
    FeatureSchema schema = settings.schema();
    ModelSettings model = settings.model();
    LearningSettings learning = settings.train().learning();
    RowLayout layout = new RowLayout(model, learning);
    dense = DenseParameters.start(schema, model, learning.dense());
    if (!reset.dense()) {
      localState.restore(dense, shape(), model, learning.dense());
    }
    int maxRows = Math.max(1, MAX_MESSAGE_BYTES / (Float.BYTES * layout.width() + 24));
    inbox =
        new ResponseInbox(
            responses -> mailbox.execute(() -> onResponses(responses), "response to the trainer"));
    JobID job = getRuntimeContext().getJobInfo().getJobId();
    outbox = new ShardOutbox(parallelism, maxParallelism, maxRows, inbox, job, this::toShards);
    FieldRules rules = new FieldRules(learning.table());
    SharedRows shared = SharedRows.of(schema);
    RowPacking packing = layout.packing();
    batchesInFlight =
        new InFlightBatches(
            () ->
                new InFlightBatch(
                    new MiniBatch(shared),
                    new ShardGroups(parallelism, maxParallelism, maxRows),
                    packing,
                    rules));
    fieldFilter = new ActiveFieldFilter(schema);
    gauge = new Gauge(schema, model, learning.safeguards(), parallelism == 1);
    learner = new BatchLearner(schema, model, learning, layout, dense, gauge, this::skipped);
    replica =
        new DenseReplica(
            dense,
            settings.train().denseSlices(),
            replyTo,
            parallelism,
            maxParallelism,
            this::toMergers);
    boolean startsEmpty = !isRestored && settings.start().model().shape().isEmpty();
    gaugeReplica = new GaugeReplica(gauge, replyTo, parallelism == 1, startsEmpty, this::toMergers);
  }

  private void openMetrics() {
    getMetricGroup().gauge("skipped", () -> learner.skipped());
    getMetricGroup().gauge("step_share_first_order", () -> learner.shares().firstOrder());
    getMetricGroup().gauge("step_share_embeddings", () -> learner.shares().embeddings());
    getMetricGroup().gauge("step_share_dense", () -> learner.shares().dense());
    getMetricGroup().gauge("batches_in_flight", () -> batchesInFlight.inFlight());
    getMetricGroup().gauge("wait_millis", () -> waiting.millis());
  }

  @Override
  public void processElement(StreamRecord<LabeledExample> element) throws Exception {
    int tasks = settings.model().tasks().size();
    int task = element.getValue().task();
    if (task >= tasks) { // as examples that a job of more tasks wrote
      skipped(
          element.getValue(),
          "it is of task number %s, and the model has %s".formatted(1 + task, tasks));
      return;
    }
    replica.requestOnce();
    gaugeReplica.fetch();
    waiting.until(gaugeReplica::isReady); // numbers are encoded by it
    MiniBatch filling = batchesInFlight.filling().examples;
    filling.add(gauge.encode(fieldFilter.of(element.getValue())));
    if (filling.size() == 1) {
      begun++;
    }
    if (filling.size() == settings.train().batchSize()) {
      send();
    } else if (filling.size() == 1) {
      lingerFor(begun);
    }
  }

  /** Sends the batch part-filled if it is not full in time. */
  private void lingerFor(long batch) {
    long due =
        processingTimeService.getCurrentProcessingTime()
            + settings.train().batchLinger().toMillis();
    processingTimeService.registerTimer(
        due,
        time -> {
          if (!waiting.isOn() && begun == batch) {
            send();
          }
        });
  }

  private void send() throws InterruptedException {
    if (batchesInFlight.filling().examples.isEmpty()) {
      return;
    }
    InFlightBatch batch = batchesInFlight.takeFilling();
    isBatchWaiting = true;
    waiting.until(this::hasPlace);
    isBatchWaiting = false;
    batchesInFlight.open(batch);
    batch.lookUp(replyTo, parallelism, maxParallelism, outbox::add);
    outbox.flush();
  }

  /** Runs as a mail, possibly inside a wait: never waits. */
  private void onResponses(List<ShardResponse> responses) {
    for (ShardResponse response : responses) {
      if (response instanceof Rows rows) {
        batchesInFlight.opened(rows.batch()).accept(rows);
      } else if (response instanceof DenseSlices slices) {
        replica.accept(slices);
      } else if (response instanceof GaugeValues values) {
        gaugeReplica.accept(values.values());
      }
    }
    while (batchesInFlight.hasComplete() && replica.isReady()) {
      learn(batchesInFlight.takeComplete());
    }
    if (replica.pending() >= settings.train().denseSyncEvery() && !replica.isOpen()) {
      replica.send();
      gaugeReplica.send();
    }
  }

  private void learn(InFlightBatch batch) {
    Predictions predictions = batch.learn(learner);
    List<Predictions> byTask = byTask(batch.examples, predictions);
    batch.sendChanges(outbox::add);
    if (!isBatchWaiting) {
      outbox.flush(); // otherwise with its lookups
    }
    batchesInFlight.keep(batch);
    replica.learned(predictions.learned());
    byTask.forEach(its -> output.collect(new StreamRecord<>(its)));
    batch.heldWatermark.release(output);
    counts.learned(predictions.learned(), learner.lastSteps());
  }

  /** What was predicted, the tasks apart. */
  private List<Predictions> byTask(MiniBatch batch, Predictions all) {
    int tasks = settings.model().tasks().size();
    List<Predictions> byTask = new ArrayList<>();
    for (int task = 0; task < tasks; task++) {
      Predictions its = tasks == 1 ? all : learner.predictions(batch, task);
      ExampleAttributes attributes =
          settings.attributes().of(batch, replyTo.trainer(), lastCheckpoint, task);
      byTask.add(its.with(attributes));
    }
    return byTask;
  }

  @Override
  public void processWatermark(Watermark mark) {
    batchesInFlight.newestWatermark().hold(mark);
    releaseIfIdle();
  }

  @Override
  public void processWatermarkStatus(WatermarkStatus status) {
    batchesInFlight.newestWatermark().hold(status);
    releaseIfIdle();
  }

  private void releaseIfIdle() {
    if (batchesInFlight.isEmpty()) {
      batchesInFlight.newestWatermark().release(output);
    }
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    super.prepareSnapshotPreBarrier(checkpointId);
    if (ended) {
      return; // everything is learned, and nothing sent now is received
    }
    long start = System.nanoTime();
    if (!drain(checkpointId)) {
      counts.drainAbandoned();
      LOG.warn("checkpoint {} was aborted before the trainer had drained", checkpointId);
    }
    lastCheckpoint = checkpointId;
    counts.drained(System.nanoTime() - start);
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

  /** Waits until nothing is in flight; false if the checkpoint was aborted meanwhile. */
  private boolean drain(long checkpointId) throws InterruptedException {
    draining = checkpointId;
    abandoned = false;
    waiting.until(() -> hasPlace() || abandoned);
    if (!hasPlace()) {
      lingerFor(begun); // its timer may have fired while the trainer waited
      draining = NO_CHECKPOINT;
      return false;
    }
    send();
    waiting.until(() -> isDrained() || abandoned);
    if (isDrained()) {
      learner.flushDense();
      replica.sendIfRequested();
      gaugeReplica.send();
      waiting.until(() -> isDrained() || abandoned);
    }
    draining = NO_CHECKPOINT;
    return isDrained();
  }

  private boolean hasPlace() {
    return batchesInFlight.inFlight() < settings.train().maxInFlight();
  }

  private boolean isDrained() {
    return batchesInFlight.inFlight() == 0 && !replica.isOpen() && !gaugeReplica.isOpen();
  }

  private void skipped(LabeledExample example, String reason) {
    output.collect(SKIPPED, new StreamRecord<>(new SkippedExample(example, reason)));
  }

  private void toMergers(MergerRequest request) {
    output.collect(MERGERS, new StreamRecord<>(request));
  }

  private void toShards(ShardRequest request) {
    output.collect(SHARDS, new StreamRecord<>(request));
  }

  @Override
  public void close() throws Exception {
    if (replyTo != null) {
      FeedbackChannels.close(replyTo.channel(), inbox);
    }
    super.close();
  }
}
