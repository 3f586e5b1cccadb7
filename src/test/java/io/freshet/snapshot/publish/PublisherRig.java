package io.freshet.snapshot.publish;

import io.freshet.model.gauge.PublishedGauge;
import io.freshet.model.row.RowBlock;
import io.freshet.snapshot.CompactionSettings;
import io.freshet.snapshot.GateSettings;
import io.freshet.snapshot.RetentionSettings;
import io.freshet.snapshot.SnapshotSettings;
import io.freshet.snapshot.announce.AnnouncementSink;
import io.freshet.snapshot.format.ManifestTemplate;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.FlinkStorage;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.Snapshot;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import io.freshet.snapshot.store.TinyModel;
import io.freshet.snapshot.write.PublisherInput;
import io.freshet.wire.FullRequest;
import io.freshet.wire.OwnJobMaster;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;

/** A publisher in Flink's harness, over a local root. */
public final class PublisherRig implements AutoCloseable {
  private static final long PATIENCE_MILLIS = 10_000;
  private static final Duration PATIENCE = Duration.ofMillis(300); // with what is lost
  private static final JobID JOB = new JobID();

  public final LocalStorage storage;
  public final SnapshotStore store;
  public final SnapshotReader reader;
  private final Harness harness;
  private final FullRequest request;
  private final PublishedGauge gauge;

  private PublisherRig(
      Path root,
      SnapshotSettings settings,
      AnnouncementSink.Factory notices,
      OperatorSubtaskState state,
      JobID job)
      throws Exception {
    this(root, settings, TinyModel.TEMPLATE, notices, state, job);
  }

  private PublisherRig(
      Path root,
      SnapshotSettings settings,
      ManifestTemplate template,
      AnnouncementSink.Factory notices,
      OperatorSubtaskState state,
      JobID job)
      throws Exception {
    storage = new LocalStorage(root);
    store = new SnapshotStore(storage);
    gauge = template.equals(TinyModel.TEMPLATE) ? TinyModel.GAUGE : PublishedGauge.NONE;
    reader = new SnapshotReader(store);
    harness =
        new Harness(
            new SnapshotPublisher(settings, template, notices, FlinkStorage::at)
                .withPatience(PATIENCE),
            job);
    request = OwnJobMaster.in(harness.getEnvironment());
    if (state != null) {
      harness.initializeState(state);
    }
    harness.open();
  }

  public static PublisherRig start(Path root) throws Exception {
    return new PublisherRig(root, at(root), AnnouncementSink.none(), null, JOB);
  }

  /** Publishes a full of two rows and a delta of one on it, and returns both. */
  public static List<Version> publishSample(Path root) throws Exception {
    try (PublisherRig publisher = start(root)) {
      publisher.barrier(1, 1, TinyModel.rows(10, 1, 2));
      Version full = publisher.publish(1);
      publisher.watermark(Instant.parse("2026-01-01T00:00:00Z").toEpochMilli());
      publisher.barrier(2, 2, TinyModel.rows(20, 2));
      return List.of(full, publisher.publish(2));
    }
  }

  /** The same job after a failure. */
  static PublisherRig restore(Path root, OperatorSubtaskState state) throws Exception {
    return new PublisherRig(root, at(root), AnnouncementSink.none(), state, JOB);
  }

  /** Another job that starts from a savepoint. */
  static PublisherRig startFrom(Path root, OperatorSubtaskState savepoint) throws Exception {
    return new PublisherRig(root, at(root), AnnouncementSink.none(), savepoint, new JobID());
  }

  /** The same, of a model of another shape. */
  static PublisherRig startFrom(
      Path root, OperatorSubtaskState savepoint, ManifestTemplate template) throws Exception {
    return new PublisherRig(
        root, at(root), template, AnnouncementSink.none(), savepoint, new JobID());
  }

  public static PublisherRig start(
      Path root, SnapshotSettings settings, AnnouncementSink.Factory notices) throws Exception {
    return new PublisherRig(root, settings, notices, null, JOB);
  }

  static PublisherRig restore(
      Path root,
      SnapshotSettings settings,
      AnnouncementSink.Factory notices,
      OperatorSubtaskState state)
      throws Exception {
    return new PublisherRig(root, settings, notices, state, JOB);
  }

  /** A root where nothing is merged: versions stay as they were published. */
  static SnapshotSettings at(Path root) {
    return new SnapshotSettings(
        root.toUri().toString(),
        new CompactionSettings(1000, 1000),
        RetentionSettings.DEFAULT,
        GateSettings.DEFAULT);
  }

  void announce(PublisherInput announcement) throws Exception {
    harness.processElement(announcement, 0);
  }

  public void watermark(long timestamp) throws Exception {
    harness.processWatermark(new Watermark(timestamp));
  }

  /** Announces a part with these rows and the whole dense part, then passes the barrier. */
  public OperatorSubtaskState barrier(long checkpoint, float dense, RowBlock rows)
      throws Exception {
    announce(TinyModel.part(storage, rows));
    announceDense(dense);
    announce(new PublisherInput.Metrics(Map.of("logloss", 0.5 / checkpoint)));
    announce(new PublisherInput.Offset("impressions", 0, checkpoint * 1000));
    return harness.snapshot(checkpoint, 0);
  }

  /** Announces the whole dense part, and the gauge. */
  void announceDense(float dense) throws Exception {
    announce(new PublisherInput.Dense(TinyModel.dense(dense)));
    announce(new PublisherInput.Gauge(gauge));
  }

  /** Passes the barrier without an announcement before it. */
  OperatorSubtaskState emptyBarrier(long checkpoint) throws Exception {
    return harness.snapshot(checkpoint, 0);
  }

  public void complete(long checkpoint) throws Exception {
    harness.notifyOfCompletedCheckpoint(checkpoint);
  }

  void abort(long checkpoint) throws Exception {
    harness.getOperator().notifyCheckpointAborted(checkpoint);
  }

  /** Completes the checkpoint and waits until {@code latest} is its version. */
  public Version publish(long checkpoint) throws Exception {
    complete(checkpoint);
    return awaitLatest(checkpoint);
  }

  public Version awaitLatest(long checkpoint) throws Exception {
    long deadline = System.currentTimeMillis() + PATIENCE_MILLIS;
    while (System.currentTimeMillis() < deadline) {
      if (store.latest().filter(v -> v.checkpoint() == checkpoint).isPresent()) {
        return store.latest().get();
      }
      Thread.sleep(5);
    }
    throw new AssertionError("latest is " + store.latest() + ", not of checkpoint " + checkpoint);
  }

  Snapshot latest() throws Exception {
    return reader.load(store.latest().orElseThrow());
  }

  void cancel() throws Exception {
    harness.cancel();
  }

  /** The lineage that the publisher wants all rows for, or none. */
  String request() throws IOException {
    return request.get();
  }

  @Override
  public void close() {
    try {
      harness.close();
    } catch (Exception e) {
      throw new AssertionError("the publisher does not close", e);
    }
  }

  @SuppressWarnings("try") // Flink's harness closes with any exception
  private static final class Harness
      extends OneInputStreamOperatorTestHarness<PublisherInput, Void> {
    Harness(SnapshotPublisher publisher, JobID job) throws Exception {
      super(publisher, new MockEnvironmentBuilder().setJobID(job).build());
    }

    void cancel() throws Exception {
      mockTask.cancel();
    }
  }
}
