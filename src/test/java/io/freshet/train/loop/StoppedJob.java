package io.freshet.train.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.join.operator.LabeledExampleCodec;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.batch.ExampleAttributes;
import io.freshet.model.batch.Predictions;
import io.freshet.model.kind.Predictor;
import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.model.row.UnknownRows;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.Snapshot;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import io.freshet.train.InitialModel;
import io.freshet.train.TrainSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * A job on examples without end, each with an hour, that is run until it has learned some hundreds,
 * and stopped with a savepoint.
 */
final class StoppedJob {
  private static final int BATCH = 32;
  private static final List<LabeledExample> SENT = new CopyOnWriteArrayList<>();
  private static final List<Predictions> MADE = new CopyOnWriteArrayList<>();

  private final LoopCluster cluster;
  private final Path folder;

  StoppedJob(LoopCluster cluster, Path folder) {
    this.cluster = cluster;
    this.folder = folder;
  }

  /**
   * Settings by which a batch is one row step: all its predictions are made before it is learned.
   */
  static TrainSettings settings(
      OptimizerSettings first, OptimizerSettings embedding, OptimizerSettings dense) {
    return new TrainSettings(
        BATCH,
        Duration.ofMinutes(1),
        2,
        64,
        16,
        1000,
        new LearningSettings(64, 64, first, embedding, 64, dense));
  }

  /** What the last run predicted first. */
  float[] firstPredictions() {
    return MADE.get(0).probabilities();
  }

  /** What the version makes of the same examples, without what it does not know. */
  float[] predict(Version version, FeatureSchema schema, ModelSettings model) throws IOException {
    Snapshot snapshot = load(version);
    ActiveFieldFilter known = new ActiveFieldFilter(schema);
    List<Example> examples =
        SENT.subList(0, firstPredictions().length).stream()
            .map(example -> known.of(example).example())
            .toList();
    return new Predictor(schema, model, snapshot, UnknownRows.START, snapshot.denseVector())
        .predict(examples);
  }

  List<Integer> fields(Version version) throws IOException {
    return LongStream.of(load(version).fids()).mapToObj(Fids::field).distinct().toList();
  }

  Version latest() throws IOException {
    return store().latest().orElseThrow();
  }

  Snapshot load(Version version) throws IOException {
    return reader().load(version);
  }

  Manifest manifest(Version version) throws IOException {
    return store().manifest(version);
  }

  SnapshotReader reader() {
    return new SnapshotReader(store());
  }

  SnapshotStore store() {
    return new SnapshotStore(new LocalStorage(folder.resolve("snapshots")));
  }

  /** Learns some hundred examples, and stops with a savepoint, which is returned. */
  String run(
      FeatureSchema schema,
      ModelSettings model,
      TrainSettings train,
      InitialModel start,
      int parallelism,
      String from)
      throws Exception {
    SENT.clear();
    MADE.clear();
    Configuration flink = new Configuration();
    flink.set(PipelineOptions.GENERIC_TYPES, false);
    flink.set(StateBackendOptions.STATE_BACKEND, parallelism > 1 ? "rocksdb" : "hashmap");
    flink.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(200));
    if (!from.isEmpty()) {
      flink.set(StateRecoveryOptions.SAVEPOINT_PATH, from);
    }
    StreamExecutionEnvironment env = cluster.environment(flink);
    env.setParallelism(parallelism);
    env.setMaxParallelism(LoopRun.MAX_PARALLELISM);
    build(env, schema, model, train, start);
    JobClient job = env.executeAsync();
    while (MADE.size() < 20) {
      Thread.sleep(5);
      assertThat(job.getJobStatus().get().isGloballyTerminalState()).isFalse();
    }
    String target = folder.resolve("savepoints").toUri().toString();
    String savepoint =
        job.stopWithSavepoint(false, target, SavepointFormatType.CANONICAL)
            .get(60, TimeUnit.SECONDS);
    job.getJobExecutionResult().get(60, TimeUnit.SECONDS);
    return savepoint;
  }

  private void build(
      StreamExecutionEnvironment env,
      FeatureSchema schema,
      ModelSettings model,
      TrainSettings train,
      InitialModel start) {
    DataStream<LabeledExample> examples =
        env.fromSequence(0, Long.MAX_VALUE - 1)
            .uid("numbers")
            .setParallelism(1)
            .map(StoppedJob::example)
            .setParallelism(1)
            .returns(LabeledExampleCodec.TYPE);
    TrainingLoop loop =
        TrainingLoop.attach(examples, schema, model, train, ExampleAttributes.Choice.USERS, start);
    loop.predictions().process(new Keep()).uid("keep").setParallelism(1);
    PublishedLoop.publish(loop, folder, "shape", schema, model);
  }

  /** An example with an hour, which the first model knows nothing of. */
  private static LabeledExample example(long number) throws InterruptedException {
    Thread.sleep(1);
    LabeledExample plain = SyntheticExamples.example(31, number);
    int n = plain.example().occurrences();
    long[] fids = Arrays.copyOf(plain.example().fids(), n + 1);
    float[] values = Arrays.copyOf(plain.example().values(), n + 1);
    fids[n] = Fids.of(4, number % 24);
    values[n] = 1;
    LabeledExample whole = plain.with(new Example(plain.example().user(), fids, values));
    SENT.add(whole);
    return whole;
  }

  private static final class Keep extends ProcessFunction<Predictions, Void> {
    private static final long serialVersionUID = 1L;

    @Override
    public void processElement(Predictions made, Context context, Collector<Void> out) {
      MADE.add(made);
    }
  }
}
