package io.freshet.job.pipeline;

import static io.freshet.job.pipeline.PredictionsKept.PREDICTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.config.LearnerConfig;
import io.freshet.event.DecodeResult;
import io.freshet.event.FeatureValues;
import io.freshet.feature.ExampleEncoder;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.interop.torch.TorchModel;
import io.freshet.lab.docs.CommandRun;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.Snapshot;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import io.freshet.train.InitialModel;
import io.freshet.wire.WireType;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A job that goes on from a model that was trained with PyTorch. */
@Timeout(120)
class ImportedModelITCase {
  private static final int STEP = 32; // one row step: each predicted before any is learned

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"deepfm", "dcn"})
  void itsFirstPredictionsAreTheModelsAndThenItLearns(String kind) throws Exception {
    TorchModel model = TorchModel.write(folder, kind, "hand");
    CommandRun run =
        CommandRun.of(
            "snapshot", "import",
            "--config", model.learner().toString(),
            "--from", folder.resolve("model.safetensors").toString(),
            "--mapping", folder.resolve("mapping.yaml").toString());
    assertThat(run.code()).as(run.err()).isZero();
    Version imported = store(model).latest().orElseThrow();
    LearnerConfig config = LearnerConfig.read(model.learner(), List.of());

    PREDICTED.clear();
    train(config, examples(model, config).subList(0, STEP));

    assertThat(PREDICTED).hasSize(STEP);
    for (int i = 0; i < STEP; i++) { // but for what each number itself changes of the moments
      assertThat((double) PREDICTED.get("i" + i)).isCloseTo(model.expected().get(i), within(2e-3));
    }
    Version learned = store(model).latest().orElseThrow();
    Snapshot before = load(model, imported);
    Snapshot after = load(model, learned);
    assertThat(learned.lineage()).isNotEqualTo(imported.lineage());
    assertThat(after.fids()).contains(before.fids());
    assertThat(before.totalUpdates()).isZero();
    assertThat(after.totalUpdates()).isPositive();
    assertThat(new SnapshotReader(store(model)).verify(learned).problems()).isEmpty();
  }

  private static List<LabeledExample> examples(TorchModel model, LearnerConfig config) {
    ExampleEncoder encoder = new ExampleEncoder(config.features());
    return model.features().stream()
        .map(
            features -> {
              DecodeResult<Example> encoded =
                  encoder.encode(FeatureValues.of(encoder.names(), features));
              int number = model.features().indexOf(features);
              return new LabeledExample(
                  "i" + number,
                  1_000_000 + number,
                  number % 3 == 0 ? 1 : 0,
                  1,
                  ((DecodeResult.Good<Example>) encoded).value());
            })
        .toList();
  }

  private void train(LearnerConfig config, List<LabeledExample> examples) throws Exception {
    Configuration flink = new Configuration();
    flink.set(RestOptions.BIND_PORT, "0");
    StreamExecutionEnvironment env = new LearnerJob(config, true).localEnvironment(flink);
    DataStream<LabeledExample> stream =
        env.fromData(WireType.of(LabeledExample.class), examples.toArray(LabeledExample[]::new))
            .setParallelism(1)
            .assignTimestampsAndWatermarks(
                WatermarkStrategy.<LabeledExample>forMonotonousTimestamps()
                    .withTimestampAssigner((example, time) -> example.time()))
            .setParallelism(1);
    new LearnerTopology(
            config,
            InitialModel.PLAIN.from(
                SnapshotInitialModel.of(folder.resolve("snapshots").toString(), config)))
        .learn(stream, Results.only(new DiscardingSink<>(), Optional.of(new PredictionsKept())));
    env.execute();
  }

  private static SnapshotStore store(TorchModel model) {
    return new SnapshotStore(new LocalStorage(model.root()));
  }

  private static Snapshot load(TorchModel model, Version version) throws Exception {
    return new SnapshotReader(store(model)).load(version);
  }
}
