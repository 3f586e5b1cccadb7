package io.freshet.join.operator;

import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.history.Histories;
import io.freshet.feature.history.UserAction;
import io.freshet.join.JoinSettings;
import io.freshet.join.attribution.DeferredExample;
import io.freshet.wire.WireType;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;

/** One subtask of what fills histories, with 128 key groups. */
final class HistoryHarness
    extends KeyedTwoInputStreamOperatorTestHarness<
        String, DeferredExample, UserAction, LabeledExample> {
  static final int MAX_PARALLELISM = 128;

  private HistoryHarness(JoinSettings settings, Histories histories, int parallelism, int subtask)
      throws Exception {
    super(
        new HistoryFill(settings, histories),
        each -> userOf(histories, each),
        UserAction::user,
        Types.STRING,
        MAX_PARALLELISM,
        parallelism,
        subtask,
        WireType.of(DeferredExample.class).serializer(),
        WireType.of(UserAction.class).serializer());
    ((HistoryFill) operator)
        .setMailboxExecutor(mockTask.getMailboxExecutorFactory().createExecutor(0));
    setup(WireType.of(LabeledExample.class).serializer());
  }

  /**
   * A subtask, open.
   *
   * @param state of all subtasks together, if there is one
   * @param before how many they were
   */
  static HistoryHarness of(
      JoinSettings settings,
      Histories histories,
      Optional<OperatorSubtaskState> state,
      int before,
      int parallelism,
      int subtask)
      throws Exception {
    HistoryHarness harness = new HistoryHarness(settings, histories, parallelism, subtask);
    if (state.isPresent()) {
      harness.initializeState(
          repartitionOperatorState(state.get(), MAX_PARALLELISM, before, parallelism, subtask));
    }
    harness.open();
    return harness;
  }

  static String userOf(Histories histories, DeferredExample deferred) {
    return histories.user(deferred.example().impressionId(), deferred.example().example());
  }

  /** How many users are known. */
  int users() {
    KeyedStateBackend<String> backend = ((HistoryFill) operator).getKeyedStateBackend();
    try (Stream<String> keys = backend.getKeys("histories", VoidNamespace.INSTANCE)) {
      return (int) keys.distinct().count();
    }
  }

  void runMails() throws Exception {
    while (getTaskMailbox().hasMail()) {
      getTaskMailbox().take(TaskMailbox.MIN_PRIORITY).run();
    }
  }

  @Override
  public void close() {
    try {
      super.close();
    } catch (Exception e) {
      throw new IllegalStateException("what fills histories does not close", e);
    }
  }
}
