package io.freshet.snapshot;

import io.freshet.model.RowBlock;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;

/** A publisher in Flink's harness, over a local root. */
final class PublisherRig implements AutoCloseable {
  private static final long PATIENCE_MILLIS = 10_000;
  private static final JobID JOB = new JobID();

  final LocalStorage storage;
  final SnapshotStore store;
  final SnapshotReader reader;
  private final Harness harness;

  private PublisherRig(
      Path root,
      SnapshotSettings settings,
      NoticeSink.Factory notices,
      OperatorSubtaskState state,
      JobID job)
      throws Exception {
    this(root, settings, TinyModel.TEMPLATE, notices, state, job);
  }

  private PublisherRig(
      Path root,
      SnapshotSettings settings,
      ManifestTemplate template,
      NoticeSink.Factory notices,
      OperatorSubtaskState state,
      JobID job)
      throws Exception {
    storage = new LocalStorage(root);
    store = new SnapshotStore(storage);
    reader = new SnapshotReader(store);
    harness =
        new Harness(new SnapshotPublisher(settings, template, notices, FlinkStorage::at), job);
    if (state != null) {
      harness.initializeState(state);
    }
    harness.open();
  }

  static PublisherRig start(Path root) throws Exception {
    return new PublisherRig(root, at(root), NoticeSink.none(), null, JOB);
  }

  /** The same job after a failure. */
  static PublisherRig restore(Path root, OperatorSubtaskState state) throws Exception {
    return new PublisherRig(root, at(root), NoticeSink.none(), state, JOB);
  }

  /** Another job that starts from a savepoint. */
  static PublisherRig startFrom(Path root, OperatorSubtaskState savepoint) throws Exception {
    return new PublisherRig(root, at(root), NoticeSink.none(), savepoint, new JobID());
  }

  /** The same, of a model of another shape. */
  static PublisherRig startFrom(
      Path root, OperatorSubtaskState savepoint, ManifestTemplate template) throws Exception {
    return new PublisherRig(root, at(root), template, NoticeSink.none(), savepoint, new JobID());
  }

  static PublisherRig start(Path root, SnapshotSettings settings, NoticeSink.Factory notices)
      throws Exception {
    return new PublisherRig(root, settings, notices, null, JOB);
  }

  static PublisherRig restore(
      Path root, SnapshotSettings settings, NoticeSink.Factory notices, OperatorSubtaskState state)
      throws Exception {
    return new PublisherRig(root, settings, notices, state, JOB);
  }

  /** A root where nothing is merged: versions stay as they were published. */
  static SnapshotSettings at(Path root) {
    return new SnapshotSettings(
        root.toUri().toString(),
        new MergeSettings(1000, 1000),
        RetentionSettings.DEFAULT,
        GateSettings.DEFAULT);
  }

  void announce(Announcement announcement) throws Exception {
    harness.processElement(announcement, 0);
  }

  void watermark(long timestamp) throws Exception {
    harness.processWatermark(new Watermark(timestamp));
  }

  /** Announces a part with these rows and the whole deep part, then passes the barrier. */
  OperatorSubtaskState barrier(long checkpoint, float dense, RowBlock rows) throws Exception {
    announce(TinyModel.part(storage, rows));
    announce(new Announcement.Dense(TinyModel.dense(dense)));
    announce(new Announcement.Metrics(Map.of("logloss", 0.5 / checkpoint)));
    announce(new Announcement.Offset("impressions", 0, checkpoint * 1000));
    return harness.snapshot(checkpoint, 0);
  }

  /** Passes the barrier without an announcement before it. */
  OperatorSubtaskState emptyBarrier(long checkpoint) throws Exception {
    return harness.snapshot(checkpoint, 0);
  }

  void complete(long checkpoint) throws Exception {
    harness.notifyOfCompletedCheckpoint(checkpoint);
  }

  void abort(long checkpoint) throws Exception {
    harness.getOperator().notifyCheckpointAborted(checkpoint);
  }

  /** Completes the checkpoint and waits until {@code latest} is its version. */
  Version publish(long checkpoint) throws Exception {
    complete(checkpoint);
    return awaitLatest(checkpoint);
  }

  Version awaitLatest(long checkpoint) throws Exception {
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

  @Override
  public void close() {
    try {
      harness.close();
    } catch (Exception e) {
      throw new AssertionError("the publisher does not close", e);
    }
  }

  @SuppressWarnings("try") // Flink's harness closes with any exception
  private static final class Harness extends OneInputStreamOperatorTestHarness<Announcement, Void> {
    Harness(SnapshotPublisher publisher, JobID job) throws Exception {
      super(publisher, new MockEnvironmentBuilder().setJobID(job).build());
    }

    void cancel() throws Exception {
      mockTask.cancel();
    }
  }
}
