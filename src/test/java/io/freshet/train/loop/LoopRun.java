package io.freshet.train.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.ModelSettings;
import io.freshet.model.batch.Predictions;
import io.freshet.model.dense.DenseBlock;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.model.row.RowBlock;
import io.freshet.train.InitialModel;
import io.freshet.train.LoopSettings;
import io.freshet.train.SkippedExample;
import io.freshet.train.TrainSettings;
import io.freshet.train.message.DenseDelta;
import io.freshet.wire.WireType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.FilterFunction;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Runs the loop over synthetic examples and keeps what it sends to the snapshot: the newest of each
 * row and slice, which after the end of the input is the model.
 *
 * <p>An edge of the loop can break or stall once, after so many messages since the second
 * checkpoint; the source is then slow enough for checkpoints. A run can be stopped with a
 * savepoint, changed, and continued from it.
 */
public final class LoopRun {
  public static final int MAX_PARALLELISM = 16;
  private static final Map<String, LoopRun> RUNS = new ConcurrentHashMap<>();

  final String id = UUID.randomUUID().toString();
  public final Map<Long, Long> updates = new ConcurrentHashMap<>();
  public final Map<Long, float[]> rows = new ConcurrentHashMap<>();
  final Map<Integer, DenseBlock> dense = new ConcurrentHashMap<>();
  volatile PublishedGauge gauge;
  final List<SkippedExample> skipped = new CopyOnWriteArrayList<>();
  private final List<Double> losses = new ArrayList<>();
  final AtomicBoolean broke = new AtomicBoolean();
  final AtomicInteger predicted = new AtomicInteger();
  final AtomicInteger late = new AtomicInteger();
  final AtomicInteger watermarks = new AtomicInteger();

  private final CountDownLatch firstCheckpoint = new CountDownLatch(1);
  private final long seed;
  private final int examples;
  private final ModelSettings model;
  private final TrainSettings settings;
  private final Configuration configuration = new Configuration();
  private Function<Configuration, StreamExecutionEnvironment> environments =
      StreamExecutionEnvironment::getExecutionEnvironment;
  private int parallelism = 1;
  private boolean slow;
  private boolean poisoned;
  private boolean ruin;
  JobID lastJob;
  private boolean everyKind;
  private boolean numbers;
  private FeatureSchema fields = SyntheticExamples.SCHEMA;
  private Unary examplesAs = example -> example;
  private InitialModel start = InitialModel.PLAIN;
  private String brokenEdge = "";
  private int brokenAt;
  private Duration heldUp = Duration.ZERO;

  public LoopRun(long seed, int examples, ModelSettings model, TrainSettings settings) {
    this.seed = seed;
    this.examples = examples;
    this.model = model;
    this.settings = settings;
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    configuration.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ofMillis(5));
    RUNS.put(id, this);
  }

  public LoopRun in(LoopCluster cluster) {
    environments = cluster::environment;
    return this;
  }

  LoopRun parallelism(int parallelism) {
    this.parallelism = parallelism;
    return this;
  }

  LoopRun checkpoints(Duration interval, String backend) {
    configuration.addAll(LoopCluster.settings(backend, interval));
    return this;
  }

  <T> LoopRun with(ConfigOption<T> option, T value) {
    configuration.set(option, value);
    return this;
  }

  LoopRun slowly() {
    slow = true;
    return this;
  }

  /** With examples of every kind. */
  LoopRun ofEveryKind() {
    everyKind = true;
    return this;
  }

  /** A change of each example. */
  interface Unary extends MapFunction<LabeledExample, LabeledExample> {}

  /** With each example changed. */
  LoopRun examplesAs(Unary change) {
    examplesAs = change;
    return this;
  }

  LoopRun from(InitialModel model) {
    start = model;
    return this;
  }

  /** With other fields; the examples are to have them. */
  LoopRun of(FeatureSchema schema) {
    fields = schema;
    return this;
  }

  /** With fields that carry numbers. */
  LoopRun ofNumbers() {
    numbers = true;
    return this;
  }

  /** With some examples whose floats are out of bounds. */
  LoopRun poisoned() {
    poisoned = true;
    return this;
  }

  LoopRun breaking(String edge, int at) {
    brokenEdge = edge;
    brokenAt = at;
    return slowly();
  }

  /** Turns the network into garbage as soon as it learns. */
  LoopRun ruining(boolean ruins) {
    ruin = ruins;
    return this;
  }

  /** Delays the messages of an edge instead of breaking it. */
  LoopRun holdingUp(String edge, int at, Duration delay) {
    heldUp = delay;
    return breaking(edge, at);
  }

  /** Runs to the end of the input. */
  public LoopRun execute() throws Exception {
    lastJob = environment().execute().getJobID();
    return this;
  }

  /** Runs until so many examples were predicted, and stops with a savepoint, which is returned. */
  String stopAfter(int examplesPredicted, Path folder, SavepointFormatType format)
      throws Exception {
    JobClient job = environment().executeAsync();
    lastJob = job.getJobID();
    while (predicted.get() < examplesPredicted) {
      Thread.sleep(5);
    }
    return LoopCluster.stop(job, folder, format);
  }

  /** Stops with a savepoint as soon as all tasks run, without examples. */
  String stopIdle(Path folder, SavepointFormatType format) throws Exception {
    JobClient job = environment().executeAsync();
    while (firstCheckpoint.getCount() > 0) {
      firstCheckpoint.await(1, TimeUnit.SECONDS);
      assertThat(job.getJobStatus().get().isTerminalState()).isFalse();
    }
    return LoopCluster.stop(job, folder, format);
  }

  StreamExecutionEnvironment environment() {
    var env = environments.apply(configuration);
    env.setParallelism(parallelism);
    env.setMaxParallelism(MAX_PARALLELISM);
    attach(env);
    return env;
  }

  private void attach(StreamExecutionEnvironment env) {
    long from = seed;
    boolean slowed = slow;
    boolean isPoisoned = poisoned;
    boolean isOfEveryKind = everyKind;
    boolean hasNumbers = numbers;
    DataStream<LabeledExample> source =
        (examples == 0 ? idle(env) : env.fromSequence(0, examples - 1).uid("numbers"))
            .setParallelism(1)
            .map(number -> slowed ? slowly(from, number) : SyntheticExamples.example(from, number))
            .setParallelism(1)
            .returns(WireType.of(LabeledExample.class))
            .map(example -> isPoisoned ? SyntheticExamples.poisoned(example) : example)
            .setParallelism(1)
            .returns(WireType.of(LabeledExample.class))
            .map(example -> isOfEveryKind ? SyntheticExamples.ofEveryKind(example) : example)
            .setParallelism(1)
            .returns(WireType.of(LabeledExample.class))
            .map(example -> hasNumbers ? SyntheticExamples.withNumbers(example) : example)
            .setParallelism(1)
            .returns(WireType.of(LabeledExample.class))
            .map(examplesAs)
            .setParallelism(1)
            .returns(WireType.of(LabeledExample.class))
            .assignTimestampsAndWatermarks(
                WatermarkStrategy.<LabeledExample>forMonotonousTimestamps()
                    .withTimestampAssigner((example, time) -> example.time()))
            .setParallelism(1);
    FeatureSchema schema = numbers ? SyntheticExamples.NUMBERS : fields;
    TrainingLoop loop =
        TrainingLoop.attach(
            source, LoopSettings.of(schema, model, settings).withStart(start), new BreakingEdges());
    loop.predictions().process(new Observe(id)).uid("predictions");
    loop.skipped().sinkTo(new Collect<SkippedExample>(id)).uid("skipped");
    loop.rows().sinkTo(new Collect<RowBlock>(id)).uid("rows");
    loop.dense().sinkTo(new Collect<DenseBlock>(id)).uid("dense");
    loop.gauge().sinkTo(new Collect<PublishedGauge>(id)).uid("gauge");
  }

  /** Runs indefinitely and emits nothing. */
  private SingleOutputStreamOperator<Long> idle(StreamExecutionEnvironment env) {
    return env.fromSequence(0, Long.MAX_VALUE - 1)
        .uid("idle numbers")
        .setParallelism(1)
        .filter(new Swallow(id));
  }

  private static LabeledExample slowly(long seed, long number) throws InterruptedException {
    if (number % 4 == 0) {
      Thread.sleep(1);
    }
    return SyntheticExamples.example(seed, number);
  }

  /** The weights of the dense part. */
  public float[] denseValues() {
    int size = dense.values().stream().mapToInt(b -> b.from() + b.values().length).max().orElse(0);
    float[] values = new float[size];
    dense
        .values()
        .forEach(b -> System.arraycopy(b.values(), 0, values, b.from(), b.values().length));
    return values;
  }

  void assertEveryExampleCountedOnce() {
    assertThat(updates).isEqualTo(SyntheticExamples.occurrences(seed, examples));
    assertThat(dense.values()).allMatch(block -> block.examples() == examples);
    assertThat(late).as("examples behind the watermark").hasValue(0);
    if (slow) {
      assertThat(watermarks).as("watermarks before the last one").hasPositiveValue();
    }
  }

  private synchronized void judge(Predictions predictions) {
    for (int i = 0; i < predictions.size(); i++) {
      boolean positive = predictions.labels()[i] == 1;
      double p = predictions.probabilities()[i];
      losses.add(-Math.log(positive ? p : 1 - p));
    }
  }

  /** The mean logloss of the predictions from one on to another, in the order they were made. */
  synchronized double logloss(int from, int to) {
    return losses.subList(from, to).stream().mapToDouble(loss -> loss).average().orElseThrow();
  }

  private synchronized void collect(Object value) {
    if (value instanceof SkippedExample skip) {
      skipped.add(skip);
    } else if (value instanceof RowBlock block) {
      int width = block.values().length / Math.max(1, block.size());
      for (int i = 0; i < block.size(); i++) {
        updates.put(block.fids()[i], block.updates()[i]);
        rows.put(block.fids()[i], Arrays.copyOfRange(block.values(), i * width, (i + 1) * width));
      }
      for (long gone : block.removed()) {
        updates.remove(gone);
        rows.remove(gone);
      }
    } else if (value instanceof DenseBlock block) {
      dense.put(block.from(), block);
    } else if (value instanceof PublishedGauge published) {
      gauge = published;
    }
  }

  private final class BreakingEdges implements TrainingLoop.Edges {
    @Override
    public boolean direct() {
      return !brokenEdge.equals("rows") && !brokenEdge.equals("merged slices");
    }

    @Override
    public <T> DataStream<T> pass(String edge, DataStream<T> stream) {
      if (edge.equals("dense deltas") && ruin) {
        return stream.map(new Ruin<T>(id)).returns(stream.getType()).setParallelism(1);
      }
      if (!edge.equals(brokenEdge)) {
        return stream;
      }
      return stream
          .map(new DisturbOnce<T>(id, brokenAt, heldUp))
          .returns(stream.getType())
          .uid("disturb " + edge)
          .setParallelism(stream.getParallelism())
          .setBufferTimeout(0)
          .disableChaining();
    }
  }

  /** Makes garbage of the first changes of the network, one for each merger. */
  private static final class Ruin<T> implements MapFunction<T, T> {
    private static final long serialVersionUID = 1L;
    private final String run;
    private int ruined;

    Ruin(String run) {
      this.run = run;
    }

    @Override
    public T map(T value) {
      if (value instanceof DenseDelta delta && delta.deltas().length > 0 && ruined < 4) {
        ruined++;
        SplittableRandom random = new SplittableRandom(ruined);
        for (float[] slice : delta.deltas()) {
          for (int i = 0; i < slice.length; i++) {
            slice[i] = (float) (1e6 * (random.nextDouble() - 0.3));
          }
        }
        RUNS.get(run).broke.set(true);
      }
      return value;
    }
  }

  private static final class DisturbOnce<T> implements MapFunction<T, T>, CheckpointListener {
    private static final long serialVersionUID = 1L;
    private final String run;
    private final int at;
    private final Duration delay;
    private transient int checkpoints;
    private transient int seen;

    DisturbOnce(String run, int at, Duration delay) {
      this.run = run;
      this.at = at;
      this.delay = delay;
    }

    @Override
    public T map(T value) throws InterruptedException {
      if (checkpoints >= 2 && ++seen == at && RUNS.get(run).broke.compareAndSet(false, true)) {
        disturb();
      }
      return value;
    }

    private void disturb() throws InterruptedException {
      if (delay.isZero()) {
        throw new IllegalStateException("broken on purpose after " + at + " messages");
      }
      Thread.sleep(delay.toMillis());
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) {
      checkpoints++;
    }
  }

  private static final class Swallow implements FilterFunction<Long>, CheckpointListener {
    private static final long serialVersionUID = 1L;
    private final String run;

    Swallow(String run) {
      this.run = run;
    }

    @Override
    public boolean filter(Long number) throws InterruptedException {
      Thread.sleep(1);
      return false;
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) {
      RUNS.get(run).firstCheckpoint.countDown();
    }
  }

  /** Takes the place of the evaluation, which loses an example behind the watermark. */
  private static final class Observe extends ProcessFunction<Predictions, Void> {
    private static final long serialVersionUID = 1L;
    private final String run;
    private transient long lastWatermark;

    Observe(String run) {
      this.run = run;
    }

    @Override
    public void processElement(Predictions predictions, Context context, Collector<Void> out) {
      LoopRun target = RUNS.get(run);
      long watermark = context.timerService().currentWatermark();
      for (long time : predictions.times()) {
        if (time <= watermark) {
          target.late.incrementAndGet();
        }
      }
      if (watermark > lastWatermark) {
        lastWatermark = watermark;
        target.watermarks.incrementAndGet();
      }
      target.judge(predictions);
      target.predicted.addAndGet(predictions.size());
    }
  }

  private record Collect<T>(String run) implements Sink<T> {
    @Override
    public SinkWriter<T> createWriter(WriterInitContext context) {
      LoopRun target = RUNS.get(run);
      return new SinkWriter<>() {
        @Override
        public void write(T value, Context writing) {
          target.collect(value);
        }

        @Override
        public void flush(boolean endOfInput) {}

        @Override
        public void close() {}
      };
    }
  }
}
