package io.freshet.job.pipeline;

import io.freshet.feature.history.PublishedHistory;
import io.freshet.model.ModelSettings;
import io.freshet.model.row.RowBlock;
import io.freshet.snapshot.SnapshotSettings;
import io.freshet.snapshot.write.PublisherInput;
import io.freshet.snapshot.write.SnapshotWriter;
import io.freshet.wire.WireType;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/** The nodes of the graph that write the parts of snapshots below their root. */
public final class SnapshotParts {
  private SnapshotParts() {}

  /** The parts of rows, not yet published. */
  public static SingleOutputStreamOperator<PublisherInput> of(
      DataStream<RowBlock> rows, SnapshotSettings settings, ModelSettings model) {
    return rows.transform(
        "SnapshotWriter",
        WireType.of(PublisherInput.class),
        SnapshotWriter.ofRows(settings, model, SnapshotWriter.DEFAULT_MAX_ROWS_HELD));
  }

  /** The parts of histories. */
  static SingleOutputStreamOperator<PublisherInput> ofHistories(
      DataStream<PublishedHistory> histories, SnapshotSettings settings) {
    return histories
        .transform(
            "HistoryWriter",
            WireType.of(PublisherInput.class),
            SnapshotWriter.ofHistories(settings))
        .setParallelism(histories.getParallelism());
  }
}
