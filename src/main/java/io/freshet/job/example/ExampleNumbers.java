package io.freshet.job.example;

import io.freshet.feature.example.LabeledExample;
import io.freshet.wire.UnionState;
import java.util.List;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Numbers the examples of its subtask of the join, so that files of them can be put in order, and
 * gaps be seen. After a restart each subtask goes on. After rescaling all go on above the highest
 * number there was: above so many for each checkpoint there has been as no subtask emits between
 * two.
 */
public final class ExampleNumbers extends AbstractStreamOperator<NumberedExample>
    implements OneInputStreamOperator<LabeledExample, NumberedExample> {
  private static final long serialVersionUID = 1L;

  /** More than a subtask emits between two checkpoints. */
  private static final long MOST = 1L << 28;

  private static final int NEXT = 0;
  private static final int PARALLELISM = 1;

  private transient BroadcastState<Integer, Long> stored;
  private transient long parallelism;
  private transient long next;

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    OperatorStateStore store = context.getOperatorStateStore();
    List<Long> ofAll = UnionState.takeOld(store, new ListStateDescriptor<>("next", Types.LONG));
    stored = store.getBroadcastState(new MapStateDescriptor<>("next", Types.INT, Types.LONG));
    parallelism = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
    next = ofAll.stream().mapToLong(Long::longValue).max().orElse(0);
    if (stored.contains(NEXT)) { // of this subtask, or after rescaling of another
      next = stored.get(NEXT);
      if (stored.get(PARALLELISM) != parallelism) {
        next = Math.max(next, (context.getRestoredCheckpointId().orElse(0) + 1) * MOST);
      }
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    stored.put(NEXT, next);
    stored.put(PARALLELISM, parallelism);
  }

  @Override
  public void processElement(StreamRecord<LabeledExample> element) {
    output.collect(element.replace(new NumberedExample(next++, element.getValue())));
  }
}
