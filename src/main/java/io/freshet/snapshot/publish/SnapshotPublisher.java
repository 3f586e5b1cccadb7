package io.freshet.snapshot.publish;

import io.freshet.model.dense.ModelShape;
import io.freshet.snapshot.SnapshotSettings;
import io.freshet.snapshot.announce.AnnouncementSink;
import io.freshet.snapshot.announce.AnnouncementThread;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.ManifestTemplate;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.maintain.Maintenance;
import io.freshet.snapshot.storage.FlinkStorage;
import io.freshet.snapshot.storage.Retry;
import io.freshet.snapshot.storage.StorageFactory;
import io.freshet.snapshot.storage.WritableStorage;
import io.freshet.snapshot.write.PublisherInput;
import io.freshet.wire.FullRequest;
import io.freshet.wire.WireType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Publishes a version of the model for every completed checkpoint: one consistent cut of all rows,
 * the dense part, metrics and offsets. Runs alone (parallelism 1).
 *
 * <p>Histories that are published are part of the cut: what changed of them comes, is kept and
 * becomes files of the version just as rows do.
 *
 * <p>What arrives before the barrier of checkpoint M is the contents of M, and part of the
 * operator's state of M, with the contents of all checkpoints before it that are not published.
 * When M is complete the {@link PublicationThread} publishes it; {@link PublicationQueue} holds the
 * rules. The task thread does no I/O and never waits for any but at the end of a bounded run or a
 * stop with a savepoint, whose last version is published before the task ends. Storage that fails
 * is tried again and counted, and fails nothing. What is lost for good is given up after a while:
 * all rows are asked for, and a lineage of its own begins. From the state of a model of another
 * shape it begins a lineage of its own, with a full version. {@link Maintenance} and {@link
 * AnnouncementThread} work behind it, and hold nothing up.
 */
public final class SnapshotPublisher extends AbstractStreamOperator<Void>
    implements OneInputStreamOperator<PublisherInput, Void> {
  private static final String AND_KIND = " "; // between the shape and the kind, in state
  private static final WireType<PublisherState> STATE_TYPE =
      WireType.of(PublisherState.class, PublisherStateCodec.class);
  private static final long POLL_MILLIS = 20;
  private static final long JOIN_MILLIS = 5_000;
  private static final long ANNOUNCEMENT_MILLIS = 10_000;

  private final SnapshotSettings settings;
  private final ManifestTemplate template;
  private final AnnouncementSink.Factory announcements;
  private final StorageFactory storageFactory;
  private final Duration patience;
  private final boolean hasHistories;
  private final String base; // text of the shape of the model that it starts from, or empty

  private transient ListState<PublisherState> state;
  private transient ModelShape shape;
  private transient CheckpointCollector collector;
  private transient PublicationQueue queue;
  private transient FullRequest request;
  private transient String requested; // as the job master has it
  private transient PublicationThread publicationThread;
  private transient Staging staging;
  private transient Maintenance maintenance;
  private transient AnnouncementThread announcementThread;
  private transient PublisherMetrics metrics;

  /**
   * @param announcements where publications are announced
   */
  public SnapshotPublisher(
      SnapshotSettings settings,
      ManifestTemplate template,
      AnnouncementSink.Factory announcements) {
    this(settings, template, announcements, FlinkStorage::at);
  }

  public SnapshotPublisher(
      SnapshotSettings settings,
      ManifestTemplate template,
      AnnouncementSink.Factory announcements,
      StorageFactory storageFactory) {
    this(settings, template, announcements, storageFactory, Retry.PATIENCE, false, "");
  }

  private SnapshotPublisher(
      SnapshotSettings settings,
      ManifestTemplate template,
      AnnouncementSink.Factory announcements,
      StorageFactory storageFactory,
      Duration patience,
      boolean hasHistories,
      String base) {
    this.patience = patience;
    this.hasHistories = hasHistories;
    this.base = base;
    this.settings = settings;
    this.template = template;
    this.announcements = announcements;
    this.storageFactory = storageFactory;
  }

  /** The same, of a model that starts from another's parameters where there is no state. */
  public SnapshotPublisher startingFrom(ModelShape other) {
    return new SnapshotPublisher(
        settings, template, announcements, storageFactory, patience, hasHistories, other.text());
  }

  /** The same, that publishes what users did as well. */
  public SnapshotPublisher withHistories() {
    return new SnapshotPublisher(
        settings, template, announcements, storageFactory, patience, true, base);
  }

  /** The same, that waits so long for what is lost. */
  public SnapshotPublisher withPatience(Duration longest) {
    return new SnapshotPublisher(
        settings, template, announcements, storageFactory, longest, hasHistories, base);
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    state =
        context
            .getOperatorStateStore()
            .getListState(new ListStateDescriptor<>("unpublished", STATE_TYPE));
    collector =
        new CheckpointCollector(
            template.denseSize(),
            settings.gate().windows(),
            template.settings().tasks().further(),
            hasHistories);
    Iterator<PublisherState> restored = state.get().iterator();
    shape = template.modelShape();
    if (restored.hasNext()) {
      PublisherState from = inShape(restored.next());
      queue = new PublicationQueue(from, run());
      collector.goOnFrom(from);
    } else {
      shape = base.isEmpty() ? shape : shape.after(ModelShape.parse(base));
      queue = new PublicationQueue(Version.drawLineage(), run());
    }
  }

  /** Assumes that shards and mergers detect the same change, and send all they have. */
  private PublisherState inShape(PublisherState from) {
    if (from.shape().isEmpty()) {
      return from;
    }
    String[] stored = from.shape().split(AND_KIND, 2);
    shape = shape.after(ModelShape.parse(stored[0]));
    boolean sameKind = stored.length == 1 || stored[1].equals(template.model().kind());
    if (sameKind && shape.text().equals(stored[0])) {
      return from;
    }
    String lineage = Version.drawLineage();
    LOG.info("the model's shape changed: lineage {} begins with a full version", lineage);
    return from.reshaped(lineage, run(), shapeText());
  }

  /** The shape and, since states can be migrated, the kind of the model. */
  private String shapeText() {
    return shape.text() + AND_KIND + template.model().kind();
  }

  @Override
  public void open() throws Exception {
    super.open();
    int parallelism = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
    if (parallelism != 1) {
      throw new IllegalStateException(
          "the snapshot publisher needs parallelism 1, not " + parallelism);
    }
    request = new FullRequest(getRuntimeContext().getGlobalAggregateManager());
    requested = FullRequest.NONE;
    metrics = new PublisherMetrics(getMetricGroup().addGroup("snapshot"));
    InstantSource clock = InstantSource.system();
    WritableStorage storage = storageFactory.open(settings.root());
    staging = new Staging(storage);
    Path scratch =
        getContainingTask().getEnvironment().getTaskManagerInfo().getTmpWorkingDirectory().toPath();
    maintenance =
        start(new Maintenance(storage, scratch, settings, run(), clock, this::sweep, metrics));
    announcementThread =
        new AnnouncementThread(
            storage, settings.root(), announcements, metrics::announcementFailed);
    if (announcements.isUsed()) {
      start(announcementThread);
    }
    publicationThread =
        start(
            new PublicationThread(
                queue,
                storage,
                new Publication(
                    storage,
                    template.withZeroFields(shape.lateFields()),
                    new Gate(settings.gate()),
                    clock),
                new Retry(metrics::publicationFailed, patience),
                metrics::lost,
                this::joined,
                this::published));
    metrics.stuck(publicationThread::stuckSeconds);
  }

  /** The threads live through exceptions, but not through errors. */
  private <T extends Thread> T start(T started) {
    started.setUncaughtExceptionHandler(
        (failed, error) -> getContainingTask().getEnvironment().failExternally(error));
    started.start();
    return started;
  }

  @Override
  public void processElement(StreamRecord<PublisherInput> element) {
    collector.add(element.getValue());
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    collector.watermark(mark.getTimestamp());
    super.processWatermark(mark);
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    queue.sent(collector.sentFor());
    queue.add(collector.close(context.getCheckpointId()));
    state.update(List.of(queue.state(collector.windows(), collector.taskWindows(), shapeText())));
    requestRows();
  }

  /** Again and again, as a job master may have forgotten it. */
  private void requestRows() {
    String now = queue.request();
    if (now.equals(FullRequest.NONE) && now.equals(requested)) {
      return;
    }
    try {
      request.set(now);
      requested = now;
    } catch (IOException e) {
      LOG.warn("the shards are asked for all rows again at the next checkpoint", e);
    }
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) throws Exception {
    super.notifyCheckpointComplete(checkpointId);
    queue.complete(checkpointId);
  }

  @Override
  public void notifyCheckpointAborted(long checkpointId) throws Exception {
    super.notifyCheckpointAborted(checkpointId);
    queue.abort(checkpointId);
  }

  /** Publishes what is due, unless the task was cancelled or fails: then a restore will. */
  @Override
  public void close() throws Exception {
    try {
      if (publicationThread != null) {
        await(publicationThread, queue::hasDue, Long.MAX_VALUE);
        stop(publicationThread);
        // what is not announced now is announced by the next run that continues from here
        await(announcementThread, () -> !announcementThread.isIdle(), ANNOUNCEMENT_MILLIS);
        stop(announcementThread);
        stop(maintenance);
      }
    } finally {
      super.close();
    }
  }

  private static void stop(Thread thread) throws InterruptedException {
    thread.interrupt();
    thread.join(JOIN_MILLIS);
  }

  /** Polls, as a task that closes is not interrupted when it is cancelled. */
  private void await(Thread worker, BooleanSupplier isBusy, long millis)
      throws InterruptedException {
    long start = System.nanoTime();
    while (isBusy.getAsBoolean()
        && worker.isAlive()
        && !isGivenUp()
        && TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) < millis) {
      Thread.sleep(POLL_MILLIS);
    }
  }

  /** The same through the job's failures; another for each start from a savepoint. */
  private String run() {
    return getContainingTask().getEnvironment().getJobID().toHexString();
  }

  private boolean isGivenUp() {
    return getContainingTask().isCanceled() || getContainingTask().isFailing();
  }

  private void sweep(Instant now) throws IOException {
    staging.deleteOld(queue.waitingParts(), now);
  }

  private void joined(Optional<Version> last) {
    last.ifPresent(announcementThread::published);
  }

  private void published(Manifest manifest) {
    metrics.published(manifest);
    announcementThread.published(manifest.version());
    maintenance.published(manifest);
  }
}
