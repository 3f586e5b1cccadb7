package io.freshet.join.operator;

import static java.util.Objects.requireNonNull;

import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.history.ActionHistory;
import io.freshet.feature.history.Histories;
import io.freshet.feature.history.UserAction;
import io.freshet.join.JoinSettings;
import io.freshet.join.attribution.DeferredExample;
import io.freshet.join.attribution.DueTimers;
import io.freshet.join.attribution.TimerBuckets;
import io.freshet.wire.CheckpointedCounters;
import io.freshet.wire.WireType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Fills the sequences of examples (input 1) from their users' actions (input 2), keyed by user.
 *
 * <p>Both come from the join, which emits an action as soon as it counts, and an example when its
 * label is decided, which is not before its impression was shown. So an example is filled when the
 * watermark has come to its own time: each subtask of the join has then sent all actions before
 * that, and with them those before the impression. Examples leave in the order of event time, to
 * the bucket of timers, as they leave the join.
 *
 * <p>Of an impression shown at t, with the longest window w and the bound b of out-of-orderness,
 * the last example comes when the watermark is t + 2w + b at the latest: as a correction. So
 * actions that happened before the watermark less 2w + b are kept only as far as a sequence of then
 * holds them. A user without actions for as long as they count is forgotten.
 *
 * <p>Of the first task, what changes is published with the model: {@link HistoryPublication}.
 */
final class HistoryFill extends AbstractStreamOperator<LabeledExample>
    implements TwoInputStreamOperator<DeferredExample, UserAction, LabeledExample>,
        Triggerable<String, VoidNamespace> {
  private static final long serialVersionUID = 1L;

  private final JoinSettings settings;
  private final Histories histories;
  private final String model; // that histories are published with; empty where they are not
  private final int task;
  private final long decided; // how long after an impression its last example may come

  private transient MailboxExecutor mailbox;
  private transient CheckpointedCounters counters;
  private transient Counter taken; // examples to be learned
  private transient Counter sent;
  private transient Counter filled;
  private transient Counter added;
  private transient MapState<Integer, ActionHistory> actions; // of the user, by sequence
  private transient HistoryPublication publication; // null where nothing is published
  private transient InternalTimerService<VoidNamespace> timers;
  private transient TimerBuckets buckets;
  private transient DueTimers dueTimers;

  /**
   * @param task whose examples it fills: its place may be another than when they were deferred
   * @param model the shape, as text, of the model that histories are published with; empty where
   *     they are not published
   */
  HistoryFill(JoinSettings settings, Histories histories, int task, String model) {
    this.settings = requireNonNull(settings, "settings");
    this.histories = requireNonNull(histories, "histories");
    this.task = task;
    this.model = requireNonNull(model, "model");
    this.decided =
        2 * settings.window().toMillis()
            + settings.outOfOrderness().toMillis()
            + settings.timerBucket().toMillis();
  }

  @Override
  public void setMailboxExecutor(MailboxExecutor mailboxExecutor) {
    super.setMailboxExecutor(mailboxExecutor);
    mailbox = mailboxExecutor;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    actions = context.getKeyedStateStore().getMapState(actions());
    counters = new CheckpointedCounters(context.getOperatorStateStore(), 4);
    taken = counters.publish(0, getMetricGroup(), "taken_examples");
    sent = counters.publish(1, getMetricGroup(), "passed_examples");
    filled = counters.publish(2, getMetricGroup(), "filled_examples");
    added = counters.publish(3, getMetricGroup(), "added_actions");
    if (!model.isEmpty()) {
      publication = new HistoryPublication(histories, model, context, getRuntimeContext(), output);
    }
  }

  private static MapStateDescriptor<Integer, ActionHistory> actions() {
    return new MapStateDescriptor<>("histories", Types.INT, WireType.of(ActionHistory.class));
  }

  @Override
  public void open() throws Exception {
    super.open();
    timers = getInternalTimerService("due", VoidNamespaceSerializer.INSTANCE, this);
    buckets =
        TimerBuckets.of(
            this, timers, WireType.of(DeferredExample.class).serializer(), settings.timerBucket());
    dueTimers =
        new DueTimers(getTimeServiceManager().orElseThrow(), mailbox, output, Long.MIN_VALUE);
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    counters.store();
    if (publication != null) {
      publication.store();
    }
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    super.prepareSnapshotPreBarrier(checkpointId);
    if (publication != null) {
      publication.beforeBarrier(this::publishAll);
    }
  }

  private void publishAll() throws Exception {
    this.<String>getKeyedStateBackend()
        .applyToAllKeys(
            VoidNamespace.INSTANCE,
            VoidNamespaceSerializer.INSTANCE,
            actions(),
            (user, each) -> {
              for (Map.Entry<Integer, ActionHistory> entry : each.entries()) {
                publish(user, entry.getKey(), entry.getValue());
              }
            });
  }

  private void publish(String user, int sequence, ActionHistory now) {
    if (publication != null) {
      publication.changed(user, sequence, now);
    }
  }

  @Override
  public void processElement1(StreamRecord<DeferredExample> element) throws Exception {
    DeferredExample deferred = element.getValue();
    if (deferred.example().isLearned()) {
      taken.inc();
    }
    long time = deferred.example().time();
    if (time > dueTimers.reached()) {
      buckets.send((String) getCurrentKey(), deferred, time);
    } else {
      send(deferred, this::history);
    }
  }

  @Override
  public void processElement2(StreamRecord<UserAction> element) throws Exception {
    UserAction action = element.getValue();
    added.inc();
    boolean isNew = actions.isEmpty();
    long from = undecided();
    ActionHistory now = histories.add(actions.get(action.sequence()), action, from);
    actions.put(action.sequence(), now);
    publish(action.user(), action.sequence(), now);
    if (isNew) {
      buckets.look(action.user(), end(action.time()));
    }
  }

  @Override
  public void onEventTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
    long now = timer.getTimestamp();
    Collection<String> users = buckets.takeIds(now);
    List<DeferredExample> due = buckets.takeExamples(now);
    dueTimers.fired(now, users.size() + due.size());
    for (DeferredExample deferred : due) {
      LabeledExample example = deferred.example();
      String user = histories.user(example.impressionId(), example.example());
      if (isLocal(user)) {
        setCurrentKey(user);
        send(deferred, this::history);
      } else { // deferred when another field was the user
        send(deferred, sequence -> null);
      }
    }
    for (String user : users) {
      setCurrentKey(user);
      expire(user, now);
    }
  }

  @Override
  public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) {
    throw new IllegalStateException("no timer is set in processing time, yet one fired: " + timer);
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    dueTimers.advanceTo(mark);
  }

  @Override
  public void finish() throws Exception {
    dueTimers.finish();
    super.finish();
  }

  /** When the earliest impression was shown of which an example may still come. */
  private long undecided() {
    long watermark = timers.currentWatermark();
    return watermark < Long.MIN_VALUE + decided ? Long.MIN_VALUE : watermark - decided;
  }

  private long end(long time) {
    return time + histories.expireAfter() + decided;
  }

  private void expire(String user, long now) throws Exception {
    long newest = Long.MIN_VALUE;
    Iterator<Map.Entry<Integer, ActionHistory>> each = actions.iterator();
    while (each.hasNext()) {
      Map.Entry<Integer, ActionHistory> entry = each.next();
      if (histories.isOver(entry.getKey(), entry.getValue(), now - decided)) {
        each.remove();
        publish(user, entry.getKey(), ActionHistory.NONE);
      } else {
        newest = Math.max(newest, entry.getValue().newest());
      }
    }
    if (newest == Long.MIN_VALUE) {
      actions.clear(); // what the heap keeps of an empty map
    } else {
      buckets.look(user, Math.max(end(newest), now + 1));
    }
  }

  private boolean isLocal(String user) {
    TaskInfo task = getRuntimeContext().getTaskInfo();
    int owner =
        KeyGroupRangeAssignment.assignKeyToParallelOperator(
            user, task.getMaxNumberOfParallelSubtasks(), task.getNumberOfParallelSubtasks());
    return owner == task.getIndexOfThisSubtask();
  }

  private void send(DeferredExample deferred, IntFunction<ActionHistory> known) {
    LabeledExample example = deferred.example();
    Example whole = histories.filled(example.example(), deferred.shown(), known);
    long time = Math.max(example.time(), dueTimers.sent() + 1);
    output.collect(new StreamRecord<>(example.with(whole).at(time).of(task), time));
    if (example.isLearned()) {
      sent.inc();
      if (!Arrays.equals(whole.fids(), example.example().fids())) {
        filled.inc();
      }
    }
  }

  private ActionHistory history(int sequence) {
    try {
      return actions.get(sequence);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Exception e) {
      throw new IllegalStateException("the history of a user cannot be read", e);
    }
  }
}
