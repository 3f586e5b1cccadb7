package io.freshet.lab.bench.table;

import io.freshet.lab.stream.LocalSink;
import io.freshet.model.row.RowBlock;
import io.freshet.snapshot.write.PublisherInput;
import java.util.concurrent.atomic.LongAdder;
import org.apache.flink.api.common.functions.FilterFunction;
import org.apache.flink.api.connector.sink2.Sink;

/**
 * A sample of the changed rows, written as for a snapshot, for the bytes of a row. Only a sample,
 * as a benchmark's disk is small.
 */
final class SnapshotSample {
  private static final long ENOUGH = 200_000;

  private static final LongAdder TAKEN = new LongAdder();
  private static final LongAdder ROWS = new LongAdder();
  private static final LongAdder BYTES = new LongAdder();

  private SnapshotSample() {}

  static FilterFunction<RowBlock> some() {
    return block -> {
      TAKEN.add(block.size());
      return TAKEN.sum() < ENOUGH;
    };
  }

  static double bytesPerRow() {
    return (double) BYTES.sum() / ROWS.sum();
  }

  static Sink<PublisherInput> sink() {
    return new LocalSink<>(
        input -> {
          if (input instanceof PublisherInput.Part part) {
            ROWS.add(part.rows());
            BYTES.add(part.size());
          }
        });
  }
}
