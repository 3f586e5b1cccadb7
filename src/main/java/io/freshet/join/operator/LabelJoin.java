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
import io.freshet.join.JoinEntry;
import io.freshet.join.JoinOutput;
import io.freshet.join.JoinSettings;
import io.freshet.join.attribution.Attribution;
import io.freshet.join.attribution.DeferredExample;
import io.freshet.join.attribution.DueTimers;
import io.freshet.join.attribution.TimerBuckets;
import io.freshet.join.breaker.Breaker;
import io.freshet.join.breaker.ClickSilence;
import io.freshet.join.breaker.LateImpressions;
import io.freshet.join.policy.DelayHistogram;
import io.freshet.wire.WireType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.metrics.Gauge;
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
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins impressions (input 1) with their clicks (input 2) into labeled examples, keyed by
 * impression id. {@link Attribution} says which label when; this operator adds state and time.
 *
 * <p><b>A silent topic stops time.</b> Idleness of a whole topic is ignored, so that the watermark
 * waits for it. Without clicks, every impression of an outage would become a false negative;
 * without impressions, those of an outage would come too late, behind clicks that were quicker to
 * return. The {@link Breaker} stops time as well, where clicks come but not as they should; and
 * after the longest hold it decides what becomes of a topic that stays silent.
 *
 * <p><b>Examples come in the order of event time</b>, to the bucket of timers: one that is ahead of
 * the watermark waits for it in the {@link TimerBuckets}. So live traffic and its replay emit the
 * same in the same order, and positives and negatives of one time go together whatever happens to
 * time. A click waits for as long as records may be out of order, which the negatives do anyway.
 * Without this, clicks would run ahead of negatives in a backfill, where topics and partitions are
 * read apart, and the model would learn when a label is read instead of what is clicked.
 *
 * <p><b>Examples are never late.</b> An example's time and timestamp is the click's, or the end of
 * the window, but always after the last watermark that was sent on. {@link DueTimers} sends
 * watermarks on.
 *
 * <p><b>A restart changes nothing.</b> The time that each subtask has come to is part of the
 * checkpoint ({@link JoinOperatorState}), so that what was late before it is late after it. After
 * rescaling each goes on from the earliest of those whose state it takes. Only the end of time is
 * not kept: a job may go on, with new events, from where a bounded run ended.
 */
final class LabelJoin extends AbstractStreamOperator<LabeledExample>
    implements TwoInputStreamOperator<EncodedImpression, Click, LabeledExample>,
        Triggerable<String, VoidNamespace> {
  private static final long serialVersionUID = 1L;

  private static final Logger LOG = LoggerFactory.getLogger(LabelJoin.class);
  private static final int CLICKS = 1; // as an input
  private static final long NOT_IDLE = Long.MAX_VALUE;

  private final JoinSettings settings;
  private final Histories histories;
  private final int task;

  private transient MailboxExecutor mailbox;
  private transient ValueState<JoinEntry> entries;
  private transient JoinOperatorState memory;
  private transient JoinCounts counts;
  private transient DelayHistogram delays;
  private transient Breaker breaker;
  private transient Attribution attribution;
  private transient InternalTimerService<VoidNamespace> timers;
  private transient TimerBuckets buckets;
  private transient List<LabeledExample> decided; // by the call under way
  private transient ClickSilence silence;
  private transient LateImpressions late;
  private transient boolean clicksGone; // not waited for any more
  private transient long idleSince;
  private transient DueTimers dueTimers;
  private transient ExampleOutput examples;

  LabelJoin(JoinSettings settings, Histories histories) {
    this(settings, histories, 0);
  }

  /** A join for one of several tasks, which its examples are of. */
  LabelJoin(JoinSettings settings, Histories histories, int task) {
    this.settings = requireNonNull(settings, "settings");
    this.histories = requireNonNull(histories, "histories");
    this.task = task;
  }

  @Override
  public void setMailboxExecutor(MailboxExecutor mailboxExecutor) {
    super.setMailboxExecutor(mailboxExecutor);
    mailbox = mailboxExecutor;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    entries =
        context
            .getKeyedStateStore()
            .getState(new ValueStateDescriptor<>("entries", WireType.of(JoinEntry.class)));
    memory =
        new JoinOperatorState(
            settings, context.getOperatorStateStore(), getRuntimeContext().getTaskInfo());
    counts = memory.counts();
    delays = memory.delays();
    breaker = memory.breaker();
  }

  @Override
  public void open() throws Exception {
    super.open();
    timers = getInternalTimerService("due", VoidNamespaceSerializer.INSTANCE, this);
    buckets =
        TimerBuckets.of(
            this, timers, WireType.of(DeferredExample.class).serializer(), settings.timerBucket());
    dueTimers =
        new DueTimers(getTimeServiceManager().orElseThrow(), mailbox, output, memory.watermark());
    decided = new ArrayList<>();
    examples = new ExampleOutput(histories, output);
    idleSince = NOT_IDLE;
    attribution = new Attribution(settings, memory.warmUp(), delays, counts, new Emitter());
    silence = new ClickSilence(settings.breaker().silence(), now());
    late = new LateImpressions();
    publishMetrics();
  }

  private void publishMetrics() {
    counts.publish(getMetricGroup());
    long wait = settings.labels().shortWait().toMillis();
    getMetricGroup().<Double, Gauge<Double>>gauge("later_share", () -> delays.laterThan(wait));
    getMetricGroup().<Double, Gauge<Double>>gauge("click_delay_p50_seconds", () -> seconds(0.5));
    getMetricGroup().<Double, Gauge<Double>>gauge("click_delay_p90_seconds", () -> seconds(0.9));
    getMetricGroup().gauge("breaker", (Gauge<Integer>) () -> breaker.status().ordinal());
    getMetricGroup().gauge("clicks_silent", (Gauge<Boolean>) silence::isSilent);
    getMetricGroup().gauge("impressions_late", (Gauge<Boolean>) late::isMany);
    getMetricGroup().gauge("holds", (Gauge<Long>) breaker::opened);
  }

  private double seconds(double share) {
    return delays.within(share) / 1000;
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    memory.store(dueTimers.sent());
  }

  @Override
  public void processElement1(StreamRecord<EncodedImpression> element) throws Exception {
    EncodedImpression impression = element.getValue();
    JoinEntry before = entry();
    long lateBefore = counts.of(Count.LATE_IMPRESSIONS);
    JoinEntry after = attribution.onImpression(before, impression, watermark());
    if (late.impression(counts.of(Count.LATE_IMPRESSIONS) > lateBefore)) {
      logLate();
    }
    if (JoinEntry.shown(after).isPresent() && JoinEntry.shown(before).isEmpty()) {
      breaker.impression(impression.timestamp());
      if (silence.impression(impression.timestamp(), breaker.clickRate(), now())) {
        LOG.warn("Clicks are silent, while impressions come; time waits, nothing is published");
      }
    }
    put(impression.id(), before, after);
  }

  @Override
  public void processElement2(StreamRecord<Click> element) throws Exception {
    Click click = element.getValue();
    JoinEntry before = entry();
    put(click.impressionId(), before, attribution.onClick(before, click, watermark()));
  }

  @Override
  public void onEventTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
    long now = timer.getTimestamp();
    Collection<String> ids = buckets.takeIds(now);
    List<DeferredExample> due = buckets.takeExamples(now);
    dueTimers.fired(now, ids.size() + due.size());
    for (DeferredExample held : due) {
      send(held.shown(), held.example());
    }
    for (String id : ids) {
      setCurrentKey(id);
      look(id, now);
    }
  }

  private void logLate() {
    if (late.isMany()) {
      LOG.warn(
          "{} % of the impressions come after their window and are not learned: a clock is wrong,"
              + " or a partition is far behind the others; nothing is published",
          Math.round(100 * late.share()));
    } else {
      LOG.info("Impressions come in time again");
    }
  }

  private void look(String id, long now) throws Exception {
    JoinEntry before = entry();
    JoinEntry after = attribution.onTime(id, before, now);
    store(before, after);
    if (after != JoinEntry.NOTHING) {
      buckets.look(id, attribution.deadline(after));
    }
  }

  @Override
  public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) {
    throw new IllegalStateException("the join sets no timers in processing time, yet got " + timer);
  }

  /** Silence of the impressions is always ignored; that of the clicks, after the longest hold. */
  @Override
  protected void processWatermarkStatus(WatermarkStatus status, int index) throws Exception {
    if (index == CLICKS) {
      idleSince = status.isIdle() ? now() : NOT_IDLE;
      if (clicksGone) {
        clicksGone = false;
        super.processWatermarkStatus(WatermarkStatus.ACTIVE, CLICKS);
      }
    }
  }

  @Override
  public void processWatermark1(Watermark mark) throws Exception {
    boolean over = now() - idleSince >= settings.breaker().maxHold().toMillis();
    if (idleSince != NOT_IDLE && !clicksGone && over && settings.breaker().endsSilence()) {
      clicksGone = true;
      LOG.warn("Clicks are silent for {}; time goes on without them", settings.breaker().maxHold());
      super.processWatermarkStatus(WatermarkStatus.IDLE, CLICKS);
    }
    super.processWatermark1(mark);
  }

  @Override
  public void processWatermark2(Watermark mark) throws Exception {
    if (silence.clicksAt(mark.getTimestamp(), now())) {
      LOG.info("Clicks come again, after a silence");
    }
    super.processWatermark2(mark);
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    long limit = breaker.limit(mark.getTimestamp(), dueTimers.sent(), clicksGone);
    dueTimers.advanceTo(new Watermark(limit));
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    if (silence.isSilent()) {
      hold("clicks are silent");
    } else if (breaker.isHolding()) {
      hold(breaker.reason());
    } else if (late.isMany()) {
      hold("impressions are late");
    }
  }

  private void hold(String reason) {
    String of = task == 0 ? "" : settings.definition().actions().get(0).name() + ": ";
    output.collect(LabelStreams.HOLDS, new StreamRecord<>(of + reason));
  }

  @Override
  public void finish() throws Exception {
    dueTimers.finish();
    super.finish();
  }

  JoinCounts counts() {
    return counts;
  }

  private long watermark() {
    return Math.max(memory.watermark(), timers.currentWatermark());
  }

  private JoinEntry entry() throws Exception {
    JoinEntry entry = entries.value();
    return entry == null ? JoinEntry.NOTHING : entry;
  }

  private void put(String id, JoinEntry before, JoinEntry after) throws Exception {
    store(before, after);
    // a look that comes too early finds the later deadline
    if (attribution.deadline(after) < attribution.deadline(before)) {
      buckets.look(id, attribution.deadline(after));
    }
  }

  private void store(JoinEntry before, JoinEntry after) throws Exception {
    if (after == JoinEntry.NOTHING) {
      entries.clear();
    } else if (after != before) {
      entries.update(after);
    }
    tell(before, after);
  }

  /** Sends on what was decided, or defers it while it is ahead of the watermark. */
  private void tell(JoinEntry before, JoinEntry after) throws Exception {
    for (LabeledExample example : decided) {
      long shown = JoinEntry.shown(after).orElseGet(() -> JoinEntry.shown(before).orElseThrow());
      if (example.time() > dueTimers.reached()) {
        buckets.send(example.impressionId(), new DeferredExample(shown, example), example.time());
      } else {
        send(shown, example);
      }
    }
    decided.clear();
  }

  /** Of the task by its place now: it may be another than when the example was deferred. */
  private void send(long shown, LabeledExample of) {
    LabeledExample example = of.task() == task ? of : of.of(task);
    long time = Math.max(example.time(), dueTimers.sent() + 1);
    if (!example.isLearned() || !breaker.exclusions().has(example, shown)) {
      examples.emit(shown, example, time);
      if (example.isLearned()) {
        counts.add(Count.SENT_EXAMPLES);
      }
      return;
    }
    counts.add(Count.LOST_EXAMPLES);
    output.collect(LabelStreams.LOST_EXAMPLES, new StreamRecord<>(example.at(time), time));
    if (example.scored()) { // the final label waits for it
      examples.emit(shown, example.asPrediction(), time);
    }
  }

  private long now() {
    return getProcessingTimeService().getCurrentProcessingTime();
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
      output.collect(LabelStreams.LATE_CLICKS, new StreamRecord<>(click, click.timestamp()));
    }

    @Override
    public void joined(long shown, long clicked) {
      breaker.click(shown, clicked);
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
