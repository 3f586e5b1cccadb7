package io.freshet.snapshot.write;

import static java.util.Objects.requireNonNull;

import io.freshet.feature.history.PublishedHistory;
import io.freshet.model.ModelSettings;
import io.freshet.model.row.RowBlock;
import io.freshet.snapshot.SnapshotSettings;
import io.freshet.snapshot.storage.FlinkStorage;
import io.freshet.snapshot.storage.Retry;
import io.freshet.snapshot.storage.StorageFactory;
import io.freshet.snapshot.storage.WritableStorage;
import java.io.Serializable;
import java.util.function.Function;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Stages the rows of one shard, or the histories of one subtask's users: what came since the last
 * barrier becomes a part, announced before the barrier.
 *
 * <p>A part holds each id once, its newest row or history. When as much is there as may be held,
 * the part is closed early, and the checkpoint gets several. The operator has no state: at every
 * barrier all it was given is in parts that lie announced before it. An unreachable store holds it
 * up, and with it, by back-pressure, the shard; it never fails for it.
 *
 * @param <T> what is staged
 */
public final class SnapshotWriter<T> extends AbstractStreamOperator<PublisherInput>
    implements OneInputStreamOperator<T, PublisherInput> {
  public static final int DEFAULT_MAX_ROWS_HELD = 1 << 18;

  private final String root;
  private final PartBuffer.Factory<T> buffers;
  private final Announced announced;
  private final StorageFactory storageFactory;

  private transient WritableStorage storage;
  private transient PartBuffer<T> held;
  private transient Retry retry;
  private transient Counter parts;
  private transient Counter bytes;

  /** What the publisher receives of a part. */
  private interface Announced extends Function<PublisherInput.Part, PublisherInput>, Serializable {}

  private SnapshotWriter(
      String root,
      PartBuffer.Factory<T> buffers,
      Announced announced,
      StorageFactory storageFactory) {
    this.root = requireNonNull(root, "root");
    this.buffers = requireNonNull(buffers, "buffers");
    this.announced = requireNonNull(announced, "announced");
    this.storageFactory = requireNonNull(storageFactory, "storageFactory");
  }

  /** One of rows. */
  public static SnapshotWriter<RowBlock> ofRows(
      SnapshotSettings settings, ModelSettings model, int maxRowsHeld) {
    return ofRows(settings, model, maxRowsHeld, FlinkStorage::at);
  }

  /** The same, in a storage of this kind. */
  public static SnapshotWriter<RowBlock> ofRows(
      SnapshotSettings settings,
      ModelSettings model,
      int maxRowsHeld,
      StorageFactory storageFactory) {
    if (maxRowsHeld < 1) {
      throw new IllegalArgumentException("max rows held must be positive, not " + maxRowsHeld);
    }
    int width = 1 + model.embeddingSize();
    return new SnapshotWriter<>(
        settings.root(), () -> new RowPart(width, maxRowsHeld), part -> part, storageFactory);
  }

  /** One of histories. */
  public static SnapshotWriter<PublishedHistory> ofHistories(SnapshotSettings settings) {
    return ofHistories(settings, HistoryPart.MOST_BYTES, FlinkStorage::at);
  }

  static SnapshotWriter<PublishedHistory> ofHistories(
      SnapshotSettings settings, long mostBytes, StorageFactory storageFactory) {
    return new SnapshotWriter<>(
        settings.root(),
        () -> new HistoryPart(mostBytes),
        PublisherInput.Histories::new,
        storageFactory);
  }

  @Override
  public void open() throws Exception {
    super.open();
    storage = storageFactory.open(root);
    held = buffers.create();
    MetricGroup group = getMetricGroup().addGroup("snapshot");
    parts = group.counter("parts");
    bytes = group.counter("part_bytes");
    retry = new Retry(group.counter("failures")::inc);
  }

  @Override
  public void processElement(StreamRecord<T> element) throws Exception {
    held.add(element.getValue());
    if (held.isFull()) {
      closePart();
    }
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    super.prepareSnapshotPreBarrier(checkpointId);
    closePart();
  }

  /** The last part of a bounded run: after this nothing can be announced any more. */
  @Override
  public void finish() throws Exception {
    closePart();
    super.finish();
  }

  private void closePart() throws InterruptedException {
    if (held.isEmpty()) {
      return;
    }
    String path = PartFile.newPath();
    PublisherInput.Part part =
        retry.untilDone("staging a part below " + root, () -> held.write(path, storage));
    held.clear();
    parts.inc();
    bytes.inc(part.size());
    output.collect(new StreamRecord<>(announced.apply(part)));
  }
}
