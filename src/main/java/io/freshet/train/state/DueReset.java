package io.freshet.train.state;

import io.freshet.train.Reset;
import io.freshet.wire.ReplicatedTexts;
import java.util.List;
import org.apache.flink.runtime.state.StateInitializationContext;

/**
 * Whether an operator still has to reset its restored state: a state remembers the one that it
 * continues after a reset.
 */
public final class DueReset {
  private static final String STORED = "reset";

  private DueReset() {}

  /** What of it is due; nothing where it was done, or there is no state. */
  public static Reset of(StateInitializationContext context, Reset asked) throws Exception {
    ReplicatedTexts stored = new ReplicatedTexts(context.getOperatorStateStore(), STORED);
    boolean isDone = stored.restored().contains(asked.state());
    stored.update(asked.isNone() ? List.of() : List.of(asked.state()));
    return context.isRestored() && !isDone ? asked : Reset.NONE;
  }
}
