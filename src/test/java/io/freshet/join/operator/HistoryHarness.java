package io.freshet.join.operator;

import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.history.Histories;
import io.freshet.feature.history.PublishedHistory;
import io.freshet.feature.history.UserAction;
import io.freshet.join.JoinSettings;
import io.freshet.join.attribution.DeferredExample;
import io.freshet.wire.FullRequest;
import io.freshet.wire.OwnJobMaster;
import io.freshet.wire.WireType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;

/** One subtask of what fills histories, with 128 key groups. */
final class HistoryHarness
    extends KeyedTwoInputStreamOperatorTestHarness<
        String, DeferredExample, UserAction, LabeledExample> {
  static final int MAX_PARALLELISM = 128;
  static final String MODEL = "2;3;0;1,2,3 deepfm";
  static final int TASK = 2;

  private final FullRequest request;

  private HistoryHarness(
      JoinSettings settings,
      Histories histories,
      Optional<String> model,
      int parallelism,
      int subtask)
      throws Exception {
    super(
        new HistoryFill(settings, histories, TASK, model.orElse("")),
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
    request = OwnJobMaster.in(getEnvironment());
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
    return of(settings, histories, Optional.of(MODEL), state, before, parallelism, subtask);
  }

  /** The same, that publishes with a model of some shape, or not. */
  static HistoryHarness of(
      JoinSettings settings,
      Histories histories,
      Optional<String> model,
      Optional<OperatorSubtaskState> state,
      int before,
      int parallelism,
      int subtask)
      throws Exception {
    HistoryHarness harness = new HistoryHarness(settings, histories, model, parallelism, subtask);
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

  /** Asks for all histories, for the first version of a lineage. */
  void request(String lineage) throws IOException {
    request.set(lineage);
  }

  /** What it has published since the last call, by the barrier that comes now. */
  List<PublishedHistory> publishedAtBarrier() throws Exception {
    prepareSnapshotPreBarrier(1);
    List<PublishedHistory> published = new ArrayList<>();
    Queue<StreamRecord<PublishedHistory>> queue = getSideOutput(LabelStreams.HISTORIES);
    while (queue != null && !queue.isEmpty()) {
      published.add(queue.poll().getValue());
    }
    return published;
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
