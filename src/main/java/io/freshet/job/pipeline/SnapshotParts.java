package io.freshet.job.pipeline;

import io.freshet.model.ModelSettings;
import io.freshet.model.row.RowBlock;
import io.freshet.snapshot.SnapshotSettings;
import io.freshet.snapshot.write.PublisherInput;
import io.freshet.snapshot.write.SnapshotWriter;
import org.apache.flink.streaming.api.datastream.DataStream;

/** Rows staged for a snapshot without its being published: for whoever measures what they take. */
public final class SnapshotParts {
  private SnapshotParts() {}

  /** The parts of rows, written below the root. */
  public static DataStream<PublisherInput> of(
      DataStream<RowBlock> rows, SnapshotSettings settings, ModelSettings model) {
    return rows.transform(
        "SnapshotWriter",
        PublisherInput.TYPE,
        new SnapshotWriter(settings, model, SnapshotWriter.DEFAULT_MAX_ROWS_HELD));
  }
}
