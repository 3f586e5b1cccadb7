package io.freshet.lab.bench.table;

import io.freshet.model.batch.LongIndex;
import io.freshet.model.row.RowBlock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;

/** Counts the distinct rows that change between two checkpoints. */
final class ChangedRowsCount implements MapFunction<RowBlock, RowBlock>, CheckpointedFunction {
  private static final long serialVersionUID = 1L;

  /** By checkpoint, summed over the subtasks of this process. */
  private static final Map<Long, Long> COUNTS = new ConcurrentHashMap<>();

  private transient LongIndex fids;

  /** Rows changed between the checkpoint before and this one. */
  static long before(long checkpoint) {
    return COUNTS.getOrDefault(checkpoint, 0L);
  }

  @Override
  public void initializeState(FunctionInitializationContext context) {
    fids = new LongIndex(1);
  }

  @Override
  public RowBlock map(RowBlock block) {
    for (long fid : block.fids()) {
      fids.add(fid);
    }
    return block;
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) {
    COUNTS.merge(context.getCheckpointId(), (long) fids.size(), Long::sum);
    fids = new LongIndex(fids.size());
  }
}
