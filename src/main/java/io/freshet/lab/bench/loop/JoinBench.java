package io.freshet.lab.bench.loop;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.event.Click;
import io.freshet.feature.Fids;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.history.Histories;
import io.freshet.join.JoinSettings;
import io.freshet.join.operator.LabelStreams;
import io.freshet.lab.bench.measure.ProcessMemory;
import io.freshet.lab.bench.measure.ScratchDirectory;
import io.freshet.wire.WireType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;

/**
 * The label join in a Flink of this process, as its main class: all impressions of a window arrive
 * and wait, as there are no clicks; then time jumps to the end of all windows.
 *
 * <p>The state's size is that of the files of a native savepoint.
 */
final class JoinBench {
  private static final long PAUSE_MILLIS = 5;
  private static final Duration PATIENCE = Duration.ofMinutes(30);

  /** Shared with the tasks in this process. */
  private static final LongAdder CAME = new LongAdder();

  private static final LongAdder DECIDED = new LongAdder();
  private static volatile boolean released;

  private final int impressions;
  private final int fields;
  private final String backend;

  private JoinBench(int impressions, int fields, String backend) {
    this.impressions = impressions;
    this.fields = fields;
    this.backend = backend;
  }

  /** Arguments: impressions, fields, state backend, whether to print JSON. */
  public static void main(String[] args) throws Exception {
    JoinBench bench = new JoinBench(Integer.parseInt(args[0]), Integer.parseInt(args[1]), args[2]);
    try (ScratchDirectory scratch = ScratchDirectory.create()) {
      ObjectNode figures = bench.run(scratch.path());
      if (Boolean.parseBoolean(args[3])) {
        System.out.println(figures);
      } else {
        figures
            .properties()
            .forEach(f -> System.out.printf("%-22s %s%n", f.getKey(), f.getValue().asText()));
      }
    }
  }

  private ObjectNode run(Path directory) throws Exception {
    ObjectNode figures = JsonNodeFactory.instance.objectNode();
    figures.put("bench", "join").put("backend", backend);
    figures.put("waiting", impressions).put("fields", fields);
    figures.put("max_heap_mb", Runtime.getRuntime().maxMemory() >> 20);
    long heapBefore = heap();
    JobClient job = start(directory);
    long start = System.nanoTime();
    await(job, CAME);
    figures.put("fill_per_second", perSecond(start));
    Path full = savepoint(job, directory, "full", figures);
    long bytes = ProcessMemory.onDisk(full);
    figures.put("state_mb", bytes >> 20);
    figures.put("bytes_per_impression", bytes / impressions);
    figures.put("heap_used_mb", heap() - heapBefore >> 20);
    start = System.nanoTime();
    released = true;
    savepoint(job, directory, "jump", figures);
    await(job, DECIDED);
    figures.put("drain_per_second", perSecond(start));
    LoopBench.stop(job);
    return figures;
  }

  private static Path savepoint(JobClient job, Path directory, String name, ObjectNode figures)
      throws Exception {
    long start = System.nanoTime();
    Path target = directory.resolve(name);
    job.triggerSavepoint(target.toUri().toString(), SavepointFormatType.NATIVE).get();
    figures.put(
        "savepoint_" + name + "_seconds", Math.round((System.nanoTime() - start) / 1e8) / 10.0);
    return target;
  }

  private long perSecond(long start) {
    return Math.round(impressions / ((System.nanoTime() - start) / 1e9));
  }

  private void await(JobClient job, LongAdder counter) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (counter.sum() < impressions) {
      if (job.getJobExecutionResult().isDone() || System.nanoTime() > end) {
        job.getJobExecutionResult().getNow(null);
        throw new IllegalStateException(
            "the job ended, or hangs, at %s of %s".formatted(counter.sum(), impressions));
      }
      Thread.sleep(20);
    }
  }

  private JobClient start(Path directory) throws Exception {
    var env = StreamExecutionEnvironment.getExecutionEnvironment(configuration(directory));
    env.setParallelism(1);
    env.setMaxParallelism(128);
    int n = fields;
    int total = impressions;
    var shown =
        ticks(env)
            .flatMap((Long number, Collector<EncodedImpression> out) -> show(number, n, total, out))
            .returns(WireType.of(EncodedImpression.class));
    var clicks =
        ticks(env)
            .flatMap((Long number, Collector<Click> out) -> Thread.sleep(PAUSE_MILLIS))
            .returns(WireType.of(Click.class));
    LabelStreams.join(shown, clicks, JoinSettings.DEFAULT, Histories.NONE)
        .examples()
        .map(JoinBench::count)
        .returns(Long.class)
        .sinkTo(new DiscardingSink<>());
    return env.executeAsync("bench join");
  }

  /** Unbounded, as a finished source declines a savepoint. */
  private static DataStream<Long> ticks(StreamExecutionEnvironment env) {
    return env.fromSequence(0, Long.MAX_VALUE - 1)
        .assignTimestampsAndWatermarks(
            WatermarkStrategy.<Long>forGenerator(context -> new Jump())
                .withTimestampAssigner((number, none) -> number));
  }

  /** Spreads the impressions over one window from the epoch on. */
  private static void show(long number, int fields, int total, Collector<EncodedImpression> out)
      throws InterruptedException {
    if (number >= total) {
      Thread.sleep(PAUSE_MILLIS);
      return;
    }
    SplittableRandom random = new SplittableRandom(number);
    long[] fids = new long[fields + 1];
    float[] values = new float[fields + 1];
    values[0] = 1;
    for (int field = 1; field <= fields; field++) {
      fids[field] = Fids.of(field, random.nextLong());
      values[field] = 1;
    }
    long shown = number * JoinSettings.DEFAULT.window().toMillis() / total;
    String id = new UUID(random.nextLong(), random.nextLong()).toString();
    out.collect(new EncodedImpression(id, shown, 1, new Example(random.nextLong(), fids, values)));
    CAME.increment();
  }

  private static long count(LabeledExample example) {
    DECIDED.increment();
    return example.time();
  }

  private Configuration configuration(Path directory) {
    Configuration flink = new Configuration();
    flink.set(PipelineOptions.GENERIC_TYPES, false);
    flink.set(StateBackendOptions.STATE_BACKEND, backend);
    flink.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(512));
    flink.set(CoreOptions.TMP_DIRS, directory.toString());
    flink.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        directory.resolve("checkpoints").toUri().toString());
    flink.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
    flink.set(RestOptions.BIND_PORT, "0");
    return flink;
  }

  private static long heap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  /** Holds event time back until it is released, then ends it. */
  private static final class Jump implements WatermarkGenerator<Long> {
    @Override
    public void onEvent(Long number, long timestamp, WatermarkOutput output) {}

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
      if (released) {
        output.emitWatermark(new Watermark(Long.MAX_VALUE - 1));
      }
    }
  }
}
