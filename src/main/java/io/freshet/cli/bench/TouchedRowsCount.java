package io.freshet.cli.bench;

import io.freshet.model.LongIndex;
import io.freshet.model.RowBlock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** Counts the distinct rows that were touched between one checkpoint and the next. */
final class TouchedRowsCount extends AbstractStreamOperator<RowBlock>
    implements OneInputStreamOperator<RowBlock, RowBlock> {
  private static final long serialVersionUID = 1L;

  /** By checkpoint, of all subtasks of this process together. */
  private static final Map<Long, Long> COUNTS = new ConcurrentHashMap<>();

  private transient LongIndex fids;

  /** Rows touched before a checkpoint and after the one before it. */
  static long before(long checkpoint) {
    return COUNTS.getOrDefault(checkpoint, 0L);
  }

  @Override
  public void open() throws Exception {
    super.open();
    fids = new LongIndex(1);
  }

  @Override
  public void processElement(StreamRecord<RowBlock> element) {
    for (long fid : element.getValue().fids()) {
      fids.add(fid);
    }
    output.collect(element);
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpoint) {
    COUNTS.merge(checkpoint, (long) fids.size(), Long::sum);
    fids = new LongIndex(fids.size());
  }
}
