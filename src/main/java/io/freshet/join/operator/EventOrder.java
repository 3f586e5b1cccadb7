package io.freshet.join.operator;

import static java.util.Objects.requireNonNull;

import io.freshet.event.Click;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.history.Histories;
import io.freshet.join.FinalLabel;
import io.freshet.join.JoinCounts;
import io.freshet.join.JoinCounts.Count;
import io.freshet.join.JoinOutput;
import io.freshet.join.JoinSettings;
import io.freshet.join.attribution.DeferredExample;
import io.freshet.join.attribution.DueTimers;
import io.freshet.join.attribution.InlineLabels;
import io.freshet.join.attribution.TimerBuckets;
import io.freshet.wire.WireType;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * Makes examples of impressions that say their labels, in the order of event time, keyed by
 * impression id: what stands in the place of the {@link LabelJoin} where there is nothing to join.
 *
 * <p>As there, an example ahead of the watermark is deferred to it, which is as long as records may
 * be out of order; a late one is learned at once, at a time after the last watermark; a topic
 * without records does not become idle; and the watermark is part of the checkpoint.
 */
final class EventOrder extends AbstractStreamOperator<LabeledExample>
    implements OneInputStreamOperator<EncodedImpression, LabeledExample>,
        Triggerable<String, VoidNamespace> {
  private static final long serialVersionUID = 1L;

  private final JoinSettings settings;
  private final Histories histories;

  private transient MailboxExecutor mailbox;
  private transient JoinOperatorState memory;
  private transient JoinCounts counts;
  private transient InlineLabels labels;
  private transient TimerBuckets buckets;
  private transient DueTimers dueTimers;
  private transient ExampleOutput examples;
  private transient List<LabeledExample> decided; // by the call under way

  EventOrder(JoinSettings settings, Histories histories) {
    this.settings = requireNonNull(settings, "settings");
    this.histories = requireNonNull(histories, "histories");
  }

  @Override
  public void setMailboxExecutor(MailboxExecutor mailboxExecutor) {
    super.setMailboxExecutor(mailboxExecutor);
    mailbox = mailboxExecutor;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    memory =
        new JoinOperatorState(
            settings, context.getOperatorStateStore(), getRuntimeContext().getTaskInfo());
    counts = memory.counts();
  }

  @Override
  public void open() throws Exception {
    super.open();
    InternalTimerService<VoidNamespace> timers =
        getInternalTimerService("due", VoidNamespaceSerializer.INSTANCE, this);
    buckets =
        TimerBuckets.of(
            this, timers, WireType.of(DeferredExample.class).serializer(), settings.timerBucket());
    dueTimers =
        new DueTimers(getTimeServiceManager().orElseThrow(), mailbox, output, memory.watermark());
    decided = new ArrayList<>();
    examples = new ExampleOutput(histories, output);
    labels = new InlineLabels(settings, counts, new Emitter());
    counts.publish(getMetricGroup());
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    memory.store(dueTimers.sent());
  }

  @Override
  public void processElement(StreamRecord<EncodedImpression> element) throws Exception {
    EncodedImpression impression = element.getValue();
    labels.onImpression(impression);
    for (LabeledExample example : decided) {
      if (example.time() > dueTimers.reached()) {
        buckets.send(
            impression.id(), new DeferredExample(impression.timestamp(), example), example.time());
      } else {
        send(impression.timestamp(), example);
      }
    }
    decided.clear();
  }

  @Override
  public void onEventTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
    long now = timer.getTimestamp();
    buckets.takeIds(now); // of which there are none
    List<DeferredExample> due = buckets.takeExamples(now);
    dueTimers.fired(now, due.size());
    for (DeferredExample deferred : due) {
      send(deferred.shown(), deferred.example());
    }
  }

  @Override
  public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) {
    throw new IllegalStateException("no timer is set in processing time, yet one fired: " + timer);
  }

  /** Silence is always ignored. */
  @Override
  public void processWatermarkStatus(WatermarkStatus status) {}

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    dueTimers.advanceTo(mark);
  }

  @Override
  public void finish() throws Exception {
    dueTimers.finish();
    super.finish();
  }

  JoinCounts counts() {
    return counts;
  }

  private void send(long shown, LabeledExample example) {
    long time = Math.max(example.time(), dueTimers.sent() + 1);
    examples.emit(shown, example, time);
    if (example.isLearned()) {
      counts.add(Count.SENT_EXAMPLES);
    }
  }

  private final class Emitter implements JoinOutput {
    @Override
    public void example(LabeledExample example) {
      if (example.isLearned()) {
        counts.add(Count.EXAMPLES);
      }
      decided.add(example);
    }

    @Override
    public void lateClick(Click click) {
      throw new IllegalStateException("there are no clicks, yet one is late: " + click);
    }

    @Override
    public void joined(long shown, long clicked) {
      throw new IllegalStateException("there are no clicks, yet one was joined");
    }

    @Override
    public void acted(String id, Example example, String action, long time) {
      examples.acted(id, example, action, time);
    }

    @Override
    public void finalLabel(FinalLabel label) {
      long time = Math.max(label.time(), dueTimers.sent() + 1);
      FinalLabel inTime = new FinalLabel(label.key(), time, label.label(), label.weight());
      output.collect(LabelStreams.FINAL_LABELS, new StreamRecord<>(inTime, time));
    }
  }
}
