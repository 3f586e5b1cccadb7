package io.freshet.train.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.batch.Predictions;
import io.freshet.model.kind.Predictor;
import io.freshet.model.label.LabelCorrection;
import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.model.row.UnknownRows;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.Snapshot;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import io.freshet.train.LoopSettings;
import io.freshet.train.TrainSettings;
import io.freshet.wire.WireType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * A job on endless examples, each with an hour, that runs until it has learned some hundreds, and
 * stops with a savepoint.
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

  /** Settings by which a batch is one row step, predicted before it is learned. */
  static TrainSettings settings(
      OptimizerSettings first, OptimizerSettings embedding, OptimizerSettings dense) {
    return TrainSettings.DEFAULT
        .withBatchSize(BATCH)
        .withBatchLinger(Duration.ofMinutes(1))
        .withDenseSyncEvery(64)
        .withDenseSlices(16)
        .withLearning(
            LearningSettings.DEFAULT
                .withRepeatsPerUser(64)
                .withOptimizers(first, embedding, dense));
  }

  /** The first predictions of the last run. */
  float[] firstPredictions() {
    return MADE.get(0).probabilities();
  }

  /** What the version predicts for the same examples, without features that it does not have. */
  float[] predict(Version version, FeatureSchema schema, ModelSettings model) throws IOException {
    Snapshot snapshot = load(version);
    ActiveFieldFilter known = new ActiveFieldFilter(schema);
    List<Example> examples =
        SENT.subList(0, firstPredictions().length).stream()
            .map(example -> known.of(example).example())
            .toList();
    return new Predictor(
            schema,
            model,
            snapshot,
            UnknownRows.START,
            snapshot.denseVector(),
            snapshot.gauge(),
            LabelCorrection.none())
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
  String run(LoopSettings settings, int parallelism, String from) throws Exception {
    SENT.clear();
    MADE.clear();
    Configuration flink =
        LoopCluster.settings(parallelism > 1 ? "rocksdb" : "hashmap", Duration.ofMillis(200));
    flink.set(RestartStrategyOptions.RESTART_STRATEGY, "disable");
    if (!from.isEmpty()) {
      flink.set(StateRecoveryOptions.SAVEPOINT_PATH, from);
    }
    StreamExecutionEnvironment env = cluster.environment(flink, parallelism);
    build(env, settings);
    JobClient job = env.executeAsync();
    while (MADE.size() < 20) {
      Thread.sleep(5);
      assertThat(job.getJobStatus().get().isGloballyTerminalState()).isFalse();
    }
    return LoopCluster.stop(job, folder.resolve("savepoints"), SavepointFormatType.CANONICAL);
  }

  private void build(StreamExecutionEnvironment env, LoopSettings settings) {
    DataStream<LabeledExample> examples =
        env.fromSequence(0, Long.MAX_VALUE - 1)
            .uid("numbers")
            .setParallelism(1)
            .map(StoppedJob::example)
            .setParallelism(1)
            .returns(WireType.of(LabeledExample.class));
    PublishedLoop.attach(examples, settings, folder)
        .predictions()
        .process(new Keep())
        .uid("keep")
        .setParallelism(1);
  }

  /** An example with an hour, which the first model has no field for. */
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
