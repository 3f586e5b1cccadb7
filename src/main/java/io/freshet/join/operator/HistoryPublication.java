package io.freshet.join.operator;

import static java.util.Objects.requireNonNull;

import io.freshet.feature.history.ActionHistory;
import io.freshet.feature.history.Histories;
import io.freshet.join.SentHistories;
import io.freshet.wire.FullRequest;
import io.freshet.wire.ReplicatedTexts;
import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.operators.StreamingRuntimeContext;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends histories to the snapshot: each as it changes, and all before the first barrier where no
 * version has them yet, and before the next one where the publisher asks for them.
 *
 * <p>No version has them if the state is of a release that did not publish them, if other sequences
 * were filled, or of a model of another shape, with which a lineage of its own begins. So the state
 * says what they were published as, and with which model.
 */
final class HistoryPublication {
  private static final Logger LOG = LoggerFactory.getLogger(HistoryPublication.class);

  private final Histories histories;
  private final List<String> as;
  private final Output<?> output;
  private final TaskInfo task;
  private final FullRequest request;
  private final ReplicatedTexts publishedAs;
  private boolean isWhole; // whether versions have what was there at the start
  private String sent = FullRequest.NONE; // the last request that all were sent for

  /** Sends the histories of all users of the subtask to {@link #changed}. */
  interface All {
    void send() throws Exception;
  }

  /**
   * @param model the shape of the model that versions are of, as text
   */
  HistoryPublication(
      Histories histories,
      String model,
      StateInitializationContext context,
      StreamingRuntimeContext runtime,
      Output<?> output)
      throws Exception {
    this.histories = requireNonNull(histories, "histories");
    as = List.of(model, histories.publishedAs());
    this.output = requireNonNull(output, "output");
    task = runtime.getTaskInfo();
    request = new FullRequest(runtime.getGlobalAggregateManager());
    publishedAs = new ReplicatedTexts(context.getOperatorStateStore(), "published-histories");
    isWhole = !context.isRestored() || publishedAs.restored().equals(as);
  }

  /** Publishes a user's history as it is now, without actions where it is over. */
  void changed(String user, int sequence, ActionHistory now) {
    histories
        .published(user, sequence, now)
        .ifPresent(each -> output.collect(LabelStreams.HISTORIES, new StreamRecord<>(each)));
  }

  void beforeBarrier(All all) throws Exception {
    String lineage = request();
    boolean isAsked = !lineage.equals(FullRequest.NONE) && !lineage.equals(sent);
    if (!isWhole || isAsked) {
      all.send();
      isWhole = true;
    }
    if (isAsked) {
      sent = lineage;
      SentHistories message =
          new SentHistories(
              lineage, task.getIndexOfThisSubtask(), task.getNumberOfParallelSubtasks());
      output.collect(LabelStreams.SENT_HISTORIES, new StreamRecord<>(message));
    }
  }

  void store() throws Exception {
    publishedAs.update(as);
  }

  private String request() {
    try {
      return request.get();
    } catch (IOException e) {
      LOG.warn("whether all histories are wanted is asked again at the next barrier", e);
      return FullRequest.NONE;
    }
  }
}
