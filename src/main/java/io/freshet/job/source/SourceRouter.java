package io.freshet.job.source;

import static java.util.Objects.requireNonNull;

import io.freshet.job.deadletter.DeadLetter;
import io.freshet.job.deadletter.DeadLetterSampler;
import io.freshet.job.source.SourceRecord.Dead;
import io.freshet.job.source.SourceRecord.Good;
import io.freshet.job.source.SourceRecord.Names;
import io.freshet.job.source.SourceRecord.Tombstone;
import io.freshet.wire.UnionState;
import io.freshet.wire.WireType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Stands right behind a Kafka source, in its chain: good events go on, dead letters leave by a side
 * output and are counted; of very many, some ({@link DeadLetterSampler}).
 *
 * <p>Before each barrier, and at the end of input, it reports how far each partition has been read
 * that it ever saw, by another side output: a cut of the topic that fits the checkpoint.
 *
 * <p>Events up to a time, which is part of the checkpoint, are learned from a recording and go no
 * further.
 *
 * <p>Metrics: {@code events}, {@code deadLetters} in all and one for each kind of rejection, {@code
 * ignoredValues}, {@code tombstones} and {@code recordedEvents}, which are part of the checkpoint,
 * and {@code silent_seconds}, and {@code events_ahead} of this machine's clock.
 *
 * @param <T> the type of the events
 */
public final class SourceRouter<T> extends AbstractStreamOperator<T>
    implements OneInputStreamOperator<SourceRecord<T>, T> {
  private static final long serialVersionUID = 1L;
  public static final long NEVER = Long.MIN_VALUE;

  public static final OutputTag<DeadLetter> DEAD_LETTERS =
      new OutputTag<>("dead-letters", WireType.of(DeadLetter.class));
  public static final OutputTag<SourceOffset> OFFSETS =
      new OutputTag<>("offsets", WireType.of(SourceOffset.class));

  /** Texts of feature ids, by which slices are named. */
  public static final OutputTag<Map<Long, String>> NAMES =
      new OutputTag<>("names", Types.MAP(Types.LONG, Types.STRING));

  /** Broadcast, as Flink takes no checkpoint with union state once a subtask has finished. */
  private static final String UNTIL = "recorded-until-time";

  /** The list of earlier versions. */
  private static final String OLD_UNTIL = "recorded-until";

  /** Longer than a source takes to follow its first events. */
  private static final long SETTLING = 2L * 200 * PartitionTime.LOOKS;

  private final String topic;
  private final Duration outOfOrderness;
  private final long recordedUntil;

  private transient ListState<SourceOffset> storedOffsets;
  private transient BroadcastState<String, Long> storedUntil;
  private transient long until; // of events that were learned from a recording
  private transient Map<Integer, Long> nextOffsets; // by partition
  private transient boolean finished;
  private transient RouterCounts counts;
  private transient SettledTime settled;
  private transient long watermark;
  private transient IdleTopicMonitor silence;
  private transient ClockMonitor clocks;
  private transient DeadLetterSampler sampler;

  SourceRouter(String topic, Duration outOfOrderness, long recordedUntil) {
    this.topic = requireNonNull(topic, "topic");
    this.outOfOrderness = requireNonNull(outOfOrderness, "outOfOrderness");
    this.recordedUntil = recordedUntil;
  }

  /**
   * The node of the graph behind the source that reads the topic, at the source's parallelism:
   * otherwise Flink would distribute the records and lose their order.
   *
   * @param name of what the topic has, by which metrics tell routers apart
   * @param outOfOrderness that of the source's watermarks
   * @param recordedUntil events of this time or before are in a recording, epoch milliseconds;
   *     {@link #NEVER} without one
   */
  public static <T> SingleOutputStreamOperator<T> behind(
      DataStream<SourceRecord<T>> source,
      String name,
      String topic,
      TypeInformation<T> type,
      Duration outOfOrderness,
      long recordedUntil) {
    return source
        .transform("route " + name, type, new SourceRouter<>(topic, outOfOrderness, recordedUntil))
        .setParallelism(source.getParallelism());
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    counts = new RouterCounts(context.getOperatorStateStore(), getMetricGroup());
    storedOffsets =
        context
            .getOperatorStateStore()
            .getListState(new ListStateDescriptor<>("offsets", WireType.of(SourceOffset.class)));
    int parallelism = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
    settled = new SettledTime(outOfOrderness, parallelism, context);
    watermark = Long.MIN_VALUE;
    until = recordedUntil(context.getOperatorStateStore());
    nextOffsets = new TreeMap<>();
    for (SourceOffset offset : storedOffsets.get()) {
      if (offset.topic().equals(topic)) {
        nextOffsets.merge(offset.partition(), offset.nextOffset(), Math::max);
      }
    }
  }

  /** That of the state, if it has one: each subtask's is the same. */
  private long recordedUntil(OperatorStateStore store) throws Exception {
    List<Long> old = UnionState.takeOld(store, new ListStateDescriptor<>(OLD_UNTIL, Types.LONG));
    storedUntil =
        store.getBroadcastState(new MapStateDescriptor<>(UNTIL, Types.STRING, Types.LONG));
    if (storedUntil.contains(UNTIL)) {
      return storedUntil.get(UNTIL);
    }
    return old.isEmpty() ? recordedUntil : old.get(0);
  }

  @Override
  public void open() throws Exception {
    super.open();
    sampler = new DeadLetterSampler();
    silence = new IdleTopicMonitor(topic);
    clocks = new ClockMonitor(topic, getMetricGroup().counter("events_ahead"));
    getMetricGroup().gauge("silent_seconds", () -> silence.seconds());
    long interval = IdleTopicMonitor.INTERVAL.toMillis();
    processingTimeService.scheduleWithFixedDelay(time -> look(), interval, interval);
    processingTimeService.registerTimer(
        processingTimeService.getCurrentProcessingTime() + SETTLING, this::resumeTime);
  }

  /** Goes on from the restored time, where no event comes to say it. */
  private void resumeTime(long now) throws Exception {
    OptionalLong resumed = settled.watermark(now);
    if (resumed.isPresent() && !finished) {
      advance(new Watermark(resumed.getAsLong()));
    }
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    settled.said();
    advance(mark);
  }

  private void advance(Watermark mark) throws Exception {
    if (mark.getTimestamp() > watermark) {
      watermark = mark.getTimestamp();
      super.processWatermark(mark);
    }
  }

  private void look() {
    silence.look();
    clocks.look();
  }

  @Override
  public void processElement(StreamRecord<SourceRecord<T>> element) {
    silence.heard();
    if (element.getValue() instanceof Good<T> good) {
      read(good.partition(), good.offset());
      counts.good(good.ignored());
      settled.event(good.partition(), good.timestamp());
      clocks.event(good.timestamp(), processingTimeService.getCurrentProcessingTime());
      if (good.timestamp() > until) {
        output.collect(new StreamRecord<>(good.value(), good.timestamp()));
      } else {
        counts.recorded();
      }
    } else if (element.getValue() instanceof Dead<T> dead) {
      DeadLetter letter = dead.letter();
      read(letter.partition(), letter.offset());
      counts.dead(letter.rejection().kind());
      if (sampler.takes(letter, processingTimeService.getCurrentProcessingTime())) {
        emit(letter);
      }
    } else if (element.getValue() instanceof Tombstone<T> tombstone) {
      nextOffsets.put(tombstone.partition(), tombstone.offset() + 1);
      counts.tombstone();
    } else if (element.getValue() instanceof Names<T> names) {
      output.collect(NAMES, new StreamRecord<>(names.texts()));
    }
  }

  private void read(int partition, long offset) {
    if (offset != SourceRecord.NO_OFFSET) {
      nextOffsets.put(partition, offset + 1);
    }
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    if (!finished) {
      tellOffsets();
      sampler.summaries().forEach(this::emit);
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    storedOffsets.update(offsets());
    if (until != NEVER) {
      storedUntil.put(UNTIL, until);
    }
    settled.store(nextOffsets.keySet());
    counts.store();
  }

  @Override
  public void finish() throws Exception {
    tellOffsets();
    sampler.summaries().forEach(this::emit);
    finished = true; // what is sent later would be dropped without a word
    super.finish();
  }

  private void emit(DeadLetter letter) {
    output.collect(DEAD_LETTERS, new StreamRecord<>(letter)); // no timestamp, not even "none"
  }

  private void tellOffsets() {
    offsets().forEach(offset -> output.collect(OFFSETS, new StreamRecord<>(offset)));
  }

  private List<SourceOffset> offsets() {
    return nextOffsets.entrySet().stream()
        .map(e -> new SourceOffset(topic, e.getKey(), e.getValue()))
        .toList();
  }
}
