package io.freshet.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.lab.docs.CommandRun;
import io.freshet.model.ModelSettings;
import io.freshet.model.kind.Predictor;
import io.freshet.model.label.LabelCorrection;
import io.freshet.model.row.UnknownRows;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.Snapshot;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * 100,004 real ratings in time order, from files through Kafka, the join and the loop to a
 * snapshot: the figures that the defaults are to reach.
 */
class MovieLensITCase {
  private static final Path DATA = Path.of("src/test/resources/ml-latest-small");

  @TempDir static Path out;
  private static Demo demo;
  private static JsonNode alone;
  private static JsonNode two;

  @BeforeAll
  static void learn() throws Exception {
    Path folder = Files.createDirectory(out.resolve("p1"));
    var console = new DemoTerminal(new PrintWriter(Writer.nullWriter()), false);
    // the first checkpoint comes at a random time within the interval, and would cut a batch
    List<String> settings =
        List.of(
            "parallelism=1",
            "checkpoint.interval=1 d",
            "examples.to=files",
            "examples.dir=" + out.resolve("examples").toUri());
    demo = new Demo(DemoStream.files(DATA), folder, settings, 1, console);
    demo.run().write(folder);
    alone = summary(folder);
    two = run(2);
  }

  @Test
  void oneTrainerIsTheLocalLearnerToTheLastDigit() {
    JsonNode local = alone.get("local_learner");

    assertThat(alone.get("auc").asDouble()).isEqualTo(local.get("auc").asDouble());
    assertThat(alone.get("logloss").asDouble()).isEqualTo(local.get("logloss").asDouble());
  }

  @Test
  void theWrittenExamplesTeachTheSameModel() throws Exception {
    Path again = Files.createDirectory(out.resolve("again"));
    Path config = Files.writeString(again.resolve("learner.yaml"), DemoStream.files(DATA).config());
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      CommandRun run =
          CommandRun.of(
              "train",
              "--config=" + config,
              "--from-examples=" + out.resolve("examples"),
              "--set=kafka.bootstrap-servers=" + kafka.bootstrapServers(),
              "--set=parallelism=1",
              "--set=checkpoint.interval=1 d",
              "--set=snapshot.root=" + again.resolve("snapshots").toUri(),
              "--set=checkpoint.dir=" + again.resolve("checkpoints").toUri());
      assertThat(run.code()).as(run.err()).isZero();
    }

    Snapshot before = latest(out.resolve("p1/snapshots"));
    Snapshot after = latest(again.resolve("snapshots"));
    assertThat(after.fids()).isEqualTo(before.fids());
    for (long fid : before.fids()) {
      assertThat(row(after, fid)).isEqualTo(row(before, fid));
    }
    // the merger adds up what the trainer sends, in other portions each time
    assertThat(after.denseVector()).containsExactly(before.denseVector(), within(1e-5f));
  }

  private static float[] row(Snapshot snapshot, long fid) {
    float[] row = new float[snapshot.width()];
    assertThat(snapshot.read(fid, row, 0)).isTrue();
    return row;
  }

  private static Snapshot latest(Path root) throws IOException {
    SnapshotStore store = new SnapshotStore(LocalStorage.at(root.toString()));
    return new SnapshotReader(store).load(store.latest().orElseThrow());
  }

  @Test
  void theDefaultsLearnAsWellAsMeasured() {
    assertThat(alone.get("auc").asDouble()).isGreaterThanOrEqualTo(.785);
    assertThat(alone.get("logloss").asDouble()).isLessThanOrEqualTo(.556);
  }

  @Test
  void twoTrainersLearnAsWellAsOne() {
    assertThat(two.get("auc").asDouble()).isCloseTo(alone.get("auc").asDouble(), within(.004));
    assertThat(two.get("logloss").asDouble())
        .isCloseTo(alone.get("logloss").asDouble(), within(.004));
  }

  @Test
  void theReportTellsOfUsersAndOfDeciles() {
    assertThat(alone.get("users_per_64").asDouble()).isCloseTo(3.2, within(.1));
    assertThat(alone.get("users_per_512").asDouble()).isCloseTo(11.7, within(.1));
    assertThat(alone.get("gauc").asDouble()).isBetween(.6, alone.get("auc").asDouble());
    assertThat(alone.get("deciles")).hasSize(10);
  }

  @Test
  void everyOccurrenceIsInThePublishedModelOnce() {
    for (JsonNode run : new JsonNode[] {alone, two}) {
      assertThat(run.get("examples").asLong()).isEqualTo(100_004);
      assertThat(run.get("updates_in_model").asLong())
          .isEqualTo(run.get("updates_expected").asLong());
      assertThat(run.get("dead_letters").asLong()).isZero();
    }
  }

  @Test
  void theSnapshotScoresAsTheTrainerDoes() throws IOException {
    Snapshot snapshot = latest(out.resolve("p1/snapshots"));
    FeatureSchema schema = snapshot.manifest().schema();
    Predictor published =
        new Predictor(
            schema,
            ModelSettings.DEFAULT,
            snapshot,
            UnknownRows.START,
            snapshot.denseVector(),
            snapshot.gauge(),
            LabelCorrection.none());
    Predictor trainer = demo.local().orElseThrow().learner().predictor();

    List<LabeledExample> examples = demo.local().orElseThrow().examples();
    for (int i = 0; i < examples.size(); i += 50) {
      Example example = examples.get(i).example();
      assertThat(published.predict(example)).isCloseTo(trainer.predict(example), within(1e-5f));
    }
  }

  private static JsonNode run(int parallelism) throws IOException {
    Path folder = out.resolve("p" + parallelism);
    CommandRun run =
        CommandRun.of(
            "demo",
            "--data",
            DATA.toString(),
            "--out",
            folder.toString(),
            "--set",
            "parallelism=" + parallelism);
    assertThat(run.code()).as(run.err()).isZero();
    return summary(folder);
  }

  private static JsonNode summary(Path folder) throws IOException {
    return new ObjectMapper().readTree(folder.resolve("summary.json").toFile());
  }
}
