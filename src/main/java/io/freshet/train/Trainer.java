package io.freshet.train;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.LabelledExample;
import io.freshet.model.BatchLearner;
import io.freshet.model.DenseParameters;
import io.freshet.model.ModelSettings;
import io.freshet.model.Predictions;
import io.freshet.model.RowLayout;
import io.freshet.train.Answer.DenseSlices;
import io.freshet.train.Answer.Rows;
import java.util.ArrayDeque;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.metrics.Counter;
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
 * <p>A batch is <em>filling</em>, then <em>open</em> (looked up, waiting for rows), then learned,
 * in the order of its number, and then <em>remembered</em> until no open batch was looked up before
 * its movement was sent: an open batch is brought up to date with these before it is learned, so a
 * trainer always reads its own writes. At most {@code maxInFlight} batches are open: that bounds
 * staleness and memory, and is the loop's only flow control.
 *
 * <p><b>The drain.</b> Ahead of a barrier the trainer sends what it holds and waits until nothing
 * of it is under way: no batch and no dense request. So it needs no state, and the shards' state at
 * the barrier holds every example before it and none after. The drain ends early only when its
 * checkpoint is aborted, and then the barrier means nothing any more.
 *
 * <p>A watermark is held until the examples before it are learned, so that no prediction comes
 * behind it.
 */
final class Trainer extends AbstractStreamOperator<Predictions>
    implements OneInputStreamOperator<LabelledExample, Predictions>, BoundedOneInput {
  private static final long serialVersionUID = 1L;
  private static final int MAX_MESSAGE_BYTES = 1 << 20;

  static final OutputTag<ShardRequest> SHARDS =
      new OutputTag<>("shards", MessageCodecs.SHARD_REQUEST);
  static final OutputTag<DenseDelta> MERGERS =
      new OutputTag<>("mergers", MessageCodecs.DENSE_DELTA);

  private final FeatureSchema schema;
  private final ModelSettings model;
  private final TrainSettings settings;

  private transient MailboxExecutor mailbox;
  private transient Consumer<Answer> head;
  private transient ReplyTo replyTo;
  private transient int parallelism;
  private transient int maxParallelism;
  private transient MailWait waiting;
  private transient BatchLearner learner;
  private transient DenseReplica replica;
  private transient int rowWidth;

  private transient OpenBatch filling;
  private transient ArrayDeque<OpenBatch> open;
  private transient ArrayDeque<OpenBatch> remembered;
  private transient ArrayDeque<OpenBatch> free;
  private transient long sent; // number of the last batch looked up
  private transient long learned; // number of the last batch learned
  private transient long abortedCheckpoint;
  private transient boolean ended;

  private transient Counter examples;
  private transient Counter batches;
  private transient Counter drainsAbandoned;
  private transient long drainMillis;

  Trainer(FeatureSchema schema, ModelSettings model, TrainSettings settings) {
    this.schema = schema;
    this.model = model;
    this.settings = settings;
  }

  @Override
  public void setMailboxExecutor(MailboxExecutor mailbox) {
    super.setMailboxExecutor(mailbox);
    this.mailbox = mailbox;
  }

  @Override
  public void open() throws Exception {
    super.open();
    LoopRules.check(this);
    var task = getRuntimeContext().getTaskInfo();
    parallelism = task.getNumberOfParallelSubtasks();
    maxParallelism = task.getMaxNumberOfParallelSubtasks();
    replyTo =
        new ReplyTo(UUID.randomUUID(), task.getIndexOfThisSubtask(), LoopRules.location(this));
    waiting = new MailWait(mailbox);
    openModel();
    openWindow();
    openMetrics();
    head = answer -> mailbox.execute(() -> onAnswer(answer), "answer to the trainer");
    FeedbackChannels.open(replyTo.channel(), head);
  }

  private void openModel() {
    RowLayout layout = new RowLayout(model, settings.learning());
    DenseParameters dense =
        DenseParameters.start(schema.size(), model, settings.learning().dense());
    rowWidth = layout.width();
    learner = new BatchLearner(schema, model, settings.learning(), layout, dense);
    replica =
        new DenseReplica(
            dense,
            settings.denseSlices(),
            replyTo,
            parallelism,
            maxParallelism,
            delta -> output.collect(MERGERS, new StreamRecord<>(delta)));
  }

  private void openWindow() {
    open = new ArrayDeque<>();
    remembered = new ArrayDeque<>();
    free = new ArrayDeque<>();
    filling = freeBatch();
    abortedCheckpoint = -1;
  }

  private void openMetrics() {
    examples = getMetricGroup().counter("examples");
    batches = getMetricGroup().counter("batches");
    drainsAbandoned = getMetricGroup().counter("drains-abandoned");
    getMetricGroup().gauge("batches-in-flight", () -> open.size());
    getMetricGroup().gauge("wait-millis", () -> waiting.millis());
    getMetricGroup().gauge("last-drain-millis", () -> drainMillis);
  }

  @Override
  public void processElement(StreamRecord<LabelledExample> element) throws Exception {
    replica.ask();
    filling.examples.add(element.getValue());
    if (filling.examples.size() == settings.batchSize()) {
      send();
    } else if (filling.examples.size() == 1) {
      lingerFor(filling, sent);
    }
  }

  /** Sends the batch part-filled if the examples that would fill it do not come in time. */
  private void lingerFor(OpenBatch batch, long sentBefore) {
    long due = processingTimeService.getCurrentProcessingTime() + settings.batchLinger().toMillis();
    processingTimeService.registerTimer(
        due,
        time -> {
          if (!waiting.isOn() && filling == batch && sent == sentBefore) {
            send();
          }
        });
  }

  private void send() throws InterruptedException {
    if (filling.examples.isEmpty()) {
      return;
    }
    OpenBatch batch = filling;
    filling = freeBatch();
    waiting.until(() -> open.size() < settings.maxInFlight());
    open.add(batch);
    batch.lookUp(++sent, learned, replyTo, parallelism, maxParallelism, this::toShards);
  }

  /** Runs as a mail, maybe inside a wait: never waits. */
  private void onAnswer(Answer answer) {
    if (answer instanceof Rows rows) {
      opened(rows.batch()).accept(rows);
    } else if (answer instanceof DenseSlices slices) {
      replica.accept(slices);
    }
    while (!open.isEmpty() && open.peek().isComplete() && replica.isReady()) {
      learn(open.poll());
    }
    if (replica.pending() >= settings.denseSyncEvery() && !replica.isOpen()) {
      replica.send();
    }
  }

  private OpenBatch opened(long number) {
    return open.stream()
        .filter(batch -> batch.number() == number)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("rows for batch " + number + ", not open"));
  }

  private void learn(OpenBatch batch) {
    for (OpenBatch earlier : remembered) {
      if (earlier.number() > batch.lastKnown()) {
        batch.addMovesOf(earlier);
      }
    }
    Predictions predictions = batch.learn(learner);
    batch.sendMoves(this::toShards);
    learned = batch.number();
    replica.learned(predictions.size());
    output.collect(new StreamRecord<>(predictions));
    batch.heldWatermark.release(output);
    remember(batch);
    examples.inc(predictions.size());
    batches.inc();
  }

  private void remember(OpenBatch batch) {
    remembered.add(batch);
    long knownToAll = open.isEmpty() ? learned : open.peek().lastKnown();
    while (!remembered.isEmpty() && remembered.peek().number() <= knownToAll) {
      free.add(remembered.poll());
    }
  }

  @Override
  public void processWatermark(Watermark mark) {
    HeldWatermark held = holder();
    held.hold(mark);
    releaseIfIdle(held);
  }

  @Override
  public void processWatermarkStatus(WatermarkStatus status) {
    HeldWatermark held = holder();
    held.hold(status);
    releaseIfIdle(held);
  }

  /** Where a watermark waits: with the newest example held. */
  private HeldWatermark holder() {
    return filling.examples.isEmpty() && !open.isEmpty()
        ? open.peekLast().heldWatermark
        : filling.heldWatermark;
  }

  private void releaseIfIdle(HeldWatermark held) {
    if (filling.examples.isEmpty() && open.isEmpty()) {
      held.release(output);
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
    drainMillis = (System.nanoTime() - start) / 1_000_000;
  }

  @Override
  public void notifyCheckpointAborted(long checkpointId) throws Exception {
    super.notifyCheckpointAborted(checkpointId);
    abortedCheckpoint = Math.max(abortedCheckpoint, checkpointId);
  }

  @Override
  public void endInput() throws Exception {
    drain(Long.MAX_VALUE);
    ended = true;
  }

  /** Brings everything home; false if the checkpoint was aborted meanwhile. */
  private boolean drain(long checkpointId) throws InterruptedException {
    send();
    waiting.until(() -> isHome() || abortedCheckpoint >= checkpointId);
    if (!isHome()) {
      return false;
    }
    learner.flushDense();
    replica.sendIfAsked();
    waiting.until(() -> isHome() || abortedCheckpoint >= checkpointId);
    return isHome();
  }

  private boolean isHome() {
    return open.isEmpty() && !replica.isOpen();
  }

  private void toShards(ShardRequest request) {
    output.collect(SHARDS, new StreamRecord<>(request));
  }

  private OpenBatch freeBatch() {
    OpenBatch batch = free.poll();
    if (batch == null) {
      int maxRows = Math.max(1, MAX_MESSAGE_BYTES / (Float.BYTES * rowWidth + 20));
      return new OpenBatch(new ShardGroups(parallelism, maxParallelism, maxRows), rowWidth);
    }
    batch.examples.clear();
    return batch;
  }

  @Override
  public void close() throws Exception {
    if (replyTo != null) {
      FeedbackChannels.close(replyTo.channel(), head);
    }
    super.close();
  }
}
