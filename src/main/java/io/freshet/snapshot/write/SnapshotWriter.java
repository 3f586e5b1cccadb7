package io.freshet.snapshot.write;

import io.freshet.model.ModelSettings;
import io.freshet.model.row.RowBlock;
import io.freshet.snapshot.SnapshotSettings;
import io.freshet.snapshot.format.RowBuffer;
import io.freshet.snapshot.storage.FlinkStorage;
import io.freshet.snapshot.storage.Retry;
import io.freshet.snapshot.storage.StorageFactory;
import io.freshet.snapshot.storage.WritableStorage;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Stages the rows of one shard: what came since the last barrier becomes a part, announced before
 * the barrier.
 *
 * <p>A part holds each fid once, its newest row. When {@code maxRowsHeld} distinct rows are there,
 * the part is closed early, and the checkpoint gets several. The operator has no state: at every
 * barrier all it was given is in parts that lie announced before it. An unreachable store holds it
 * up, and with it, by back-pressure, the shard; it never fails for it.
 */
public final class SnapshotWriter extends AbstractStreamOperator<PublisherInput>
    implements OneInputStreamOperator<RowBlock, PublisherInput> {
  public static final int DEFAULT_MAX_ROWS_HELD = 1 << 18;

  private final String root;
  private final int width;
  private final int maxRowsHeld;
  private final StorageFactory storageFactory;

  private transient WritableStorage storage;
  private transient RowBuffer rows;
  private transient Retry retry;
  private transient Counter parts;
  private transient Counter bytes;

  public SnapshotWriter(SnapshotSettings settings, ModelSettings model, int maxRowsHeld) {
    this(settings, model, maxRowsHeld, FlinkStorage::at);
  }

  public SnapshotWriter(
      SnapshotSettings settings,
      ModelSettings model,
      int maxRowsHeld,
      StorageFactory storageFactory) {
    if (maxRowsHeld < 1) {
      throw new IllegalArgumentException("max rows held must be positive, not " + maxRowsHeld);
    }
    this.root = settings.root();
    this.width = 1 + model.embeddingSize();
    this.maxRowsHeld = maxRowsHeld;
    this.storageFactory = storageFactory;
  }

  @Override
  public void open() throws Exception {
    super.open();
    storage = storageFactory.open(root);
    rows = new RowBuffer(width);
    MetricGroup group = getMetricGroup().addGroup("snapshot");
    parts = group.counter("parts");
    bytes = group.counter("part_bytes");
    retry = new Retry(group.counter("failures")::inc);
  }

  @Override
  public void processElement(StreamRecord<RowBlock> element) throws Exception {
    rows.add(element.getValue());
    if (rows.size() >= maxRowsHeld) {
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
    if (rows.size() == 0) {
      return;
    }
    String path = PartFile.newPath();
    PublisherInput.Part part =
        retry.untilDone("staging rows below " + root, () -> PartFile.write(rows, path, storage));
    rows.clear();
    parts.inc();
    bytes.inc(part.size());
    output.collect(new StreamRecord<>(part));
  }
}
