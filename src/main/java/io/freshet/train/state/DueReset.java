package io.freshet.train.state;

import io.freshet.train.Reset;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateInitializationContext;

/**
 * Whether an operator still has to reset its restored state: a state remembers the one that it
 * continues after a reset.
 */
public final class DueReset {
  private static final ListStateDescriptor<String> STORED =
      new ListStateDescriptor<>("reset", Types.STRING);

  private DueReset() {}

  /** What of it is due; nothing where it was done, or there is no state. */
  public static Reset of(StateInitializationContext context, Reset asked) throws Exception {
    ListState<String> stored = context.getOperatorStateStore().getUnionListState(STORED);
    boolean isDone = false;
    for (String state : stored.get()) {
      isDone |= state.equals(asked.state());
    }
    stored.update(asked.isNone() ? List.of() : List.of(asked.state()));
    return context.isRestored() && !isDone ? asked : Reset.NONE;
  }
}
