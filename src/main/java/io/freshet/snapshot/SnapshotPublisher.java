package io.freshet.snapshot;

import io.freshet.feature.FeatureSchema;
import io.freshet.model.ModelSettings;
import io.freshet.wire.WireType;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Publishes a version of the model for every completed checkpoint: one consistent cut of all rows,
 * the deep part, metrics and offsets. Runs alone (parallelism 1).
 *
 * <p>What is announced before the barrier of checkpoint M makes up the cut of M and lies in the
 * operator's state of M, with all cuts before it that are not published. When M is complete the
 * {@link PublicationThread} publishes it; {@link Chain} holds the rules. The task thread does no
 * I/O and never waits for any but at the end of a bounded run or a stop with a savepoint, whose
 * last version is published before the task ends. Storage that fails is tried again and counted,
 * and fails nothing.
 */
public final class SnapshotPublisher extends AbstractStreamOperator<Void>
    implements OneInputStreamOperator<Announcement, Void> {
  private static final WireType<PublisherState> STATE_TYPE =
      WireType.of(PublisherState.class, PublisherStateCodec.class);
  private static final long POLL_MILLIS = 20;
  private static final long JOIN_MILLIS = 5_000;

  private final String root;
  private final ManifestTemplate template;
  private final StorageFactory storageFactory;

  private transient ListState<PublisherState> state;
  private transient CutCollector collector;
  private transient Chain chain;
  private transient PublicationThread thread;
  private transient Counter versions;
  private transient volatile long lastBytes;
  private transient volatile long lastCreated;

  public SnapshotPublisher(
      SnapshotSettings settings,
      String name,
      FeatureSchema schema,
      ModelSettings model,
      Manifest.Labels labels) {
    this(settings, name, schema, model, labels, FlinkStorage::at);
  }

  SnapshotPublisher(
      SnapshotSettings settings,
      String name,
      FeatureSchema schema,
      ModelSettings model,
      Manifest.Labels labels,
      StorageFactory storageFactory) {
    this.root = settings.root();
    this.template = new ManifestTemplate(name, schema, model, labels);
    this.storageFactory = storageFactory;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    state =
        context
            .getOperatorStateStore()
            .getListState(new ListStateDescriptor<>("unpublished", STATE_TYPE));
    collector = new CutCollector(template.denseSize(), 5);
    Iterator<PublisherState> restored = state.get().iterator();
    if (restored.hasNext()) {
      PublisherState from = restored.next();
      chain = new Chain(from, run());
      collector.goOnFrom(from);
    } else {
      chain = new Chain(PublicationThread.drawLineage(), run());
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    int parallelism = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
    if (parallelism != 1) {
      throw new IllegalStateException(
          "the snapshot publisher needs parallelism 1, not " + parallelism);
    }
    MetricGroup group = getMetricGroup().addGroup("snapshot");
    versions = group.counter("versions");
    group.gauge("lastBytes", (Gauge<Long>) () -> lastBytes);
    group.gauge("ageMillis", (Gauge<Long>) this::ageMillis);
    thread =
        new PublicationThread(
            chain,
            storageFactory.open(root),
            template,
            InstantSource.system(),
            group.counter("failures")::inc,
            this::count);
    // the thread lives through exceptions, but not through errors
    thread.setUncaughtExceptionHandler(
        (failed, error) -> getContainingTask().getEnvironment().failExternally(error));
    thread.start();
  }

  @Override
  public void processElement(StreamRecord<Announcement> element) {
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
    chain.add(collector.cut(context.getCheckpointId()));
    state.update(List.of(chain.state(collector.windows())));
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) throws Exception {
    super.notifyCheckpointComplete(checkpointId);
    chain.complete(checkpointId);
  }

  @Override
  public void notifyCheckpointAborted(long checkpointId) throws Exception {
    super.notifyCheckpointAborted(checkpointId);
    chain.abort(checkpointId);
  }

  /** Publishes what is due, unless the task was cancelled or fails: then a restore will. */
  @Override
  public void close() throws Exception {
    try {
      if (thread != null) {
        awaitPublications();
        thread.interrupt();
        thread.join(JOIN_MILLIS);
      }
    } finally {
      super.close();
    }
  }

  private void awaitPublications() throws InterruptedException {
    // polled: a task that closes is not interrupted when it is cancelled
    while (chain.hasDue() && thread.isAlive() && !isGivenUp()) {
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

  private void count(Manifest manifest) {
    versions.inc();
    lastBytes = manifest.bytes();
    lastCreated = manifest.created().toEpochMilli();
  }

  private long ageMillis() {
    return lastCreated == 0 ? -1 : System.currentTimeMillis() - lastCreated;
  }
}
