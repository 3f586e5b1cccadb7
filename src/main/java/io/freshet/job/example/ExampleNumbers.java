package io.freshet.job.example;

import io.freshet.feature.example.LabeledExample;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Numbers the examples of its subtask of the join, so that files of them can be put in order, and
 * gaps be seen. After a restart, and after rescaling, all go on above the highest number there was.
 */
public final class ExampleNumbers extends AbstractStreamOperator<NumberedExample>
    implements OneInputStreamOperator<LabeledExample, NumberedExample> {
  private static final long serialVersionUID = 1L;

  private transient ListState<Long> stored;
  private transient long next;

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    stored =
        context
            .getOperatorStateStore()
            .getUnionListState(new ListStateDescriptor<>("next", Types.LONG));
    for (long other : stored.get()) {
      next = Math.max(next, other);
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    stored.update(List.of(next));
  }

  @Override
  public void processElement(StreamRecord<LabeledExample> element) {
    output.collect(element.replace(new NumberedExample(next++, element.getValue())));
  }
}
