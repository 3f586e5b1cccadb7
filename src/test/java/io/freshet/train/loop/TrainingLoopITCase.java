package io.freshet.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.feature.example.LabelPolicy;
import io.freshet.feature.example.LabelSettings;
import io.freshet.feature.example.LabelSettings.Sampling;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.SampleKinds;
import io.freshet.model.optimizer.Adagrad;
import io.freshet.model.optimizer.Adam;
import io.freshet.model.optimizer.FieldLearning;
import io.freshet.model.optimizer.Ftrl;
import io.freshet.model.optimizer.Regularization;
import io.freshet.model.optimizer.RowWiseAdagrad;
import io.freshet.train.TrainSettings;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The loop in a mini cluster, against the single-thread learner and against counting. */
class TrainingLoopITCase {
  @RegisterExtension private static final LoopCluster CLUSTER = new LoopCluster();

  private static final int EXAMPLES = 6_000;
  private static final int BATCH = 64;
  private static final ModelSettings MODEL = ModelSettings.deepFm(4, List.of(16, 8), 0, 42);

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void oneTrainerLearnsWhatTheLocalLearnerLearns(int inFlight) throws Exception {
    LocalModel local = learned(7, LearningSettings.DEFAULT);

    LoopRun job = new LoopRun(7, EXAMPLES, MODEL, settings(inFlight)).in(CLUSTER).execute();

    job.assertEveryExampleCountedOnce();
    assertSame(job, local);
  }

  static List<ModelSettings> kinds() {
    return SampleKinds.all(42);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void everyKindOfModelLearnsWhatTheLocalLearnerLearns(ModelSettings model) throws Exception {
    TrainSettings settings = settings(1);
    List<LabeledExample> examples = SyntheticExamples.examples(5, 600);
    LocalModel local = LocalModel.of(examples, BATCH, model, settings.learning());

    LoopRun job = new LoopRun(5, 600, model, settings).in(CLUSTER).execute();

    assertSame(job, local);
  }

  static List<ModelSettings> kindsOfTasks() {
    return SampleKinds.ofTasks(42);
  }

  @ParameterizedTest
  @MethodSource("kindsOfTasks")
  void severalTasksAreLearnedAsByTheLocalLearner(ModelSettings several) throws Exception {
    TrainSettings settings = settings(1);
    List<LabeledExample> examples =
        SyntheticExamples.examples(5, 600).stream().map(TrainingLoopITCase::ofSomeTask).toList();
    LocalModel local = LocalModel.of(examples, BATCH, several, settings.learning());

    LoopRun job =
        new LoopRun(5, 600, several, settings)
            .in(CLUSTER)
            .examplesAs(TrainingLoopITCase::ofSomeTask)
            .execute();

    assertSame(job, local);
  }

  private static LabeledExample ofSomeTask(LabeledExample example) {
    return example.of(Math.floorMod(example.impressionId().hashCode(), 4));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void severalTasksCountOnceThroughAFailure(int parallelism) throws Exception {
    ModelSettings several = MODEL.withTasks(SampleKinds.TASKS);
    LoopRun run =
        new LoopRun(9, EXAMPLES, several, settings(2))
            .in(CLUSTER)
            .examplesAs(TrainingLoopITCase::ofSomeTask)
            .parallelism(parallelism)
            .checkpoints(Duration.ofMillis(20), "hashmap")
            .breaking("dense deltas", 7)
            .execute();

    assertThat(run.broke).as("the edge broke").isTrue();
    run.assertEveryExampleCountedOnce();
  }

  @ParameterizedTest
  @EnumSource(LabelPolicy.class)
  void everyKindOfExampleIsLearnedAsByTheLocalLearner(LabelPolicy policy) throws Exception {
    LabelSettings labels = LabelSettings.of(policy).withNegatives(0.5, Sampling.LOG_ODDS);
    TrainSettings settings = settings(2).withLabels(labels);
    List<LabeledExample> examples =
        SyntheticExamples.examples(11, EXAMPLES).stream()
            .map(SyntheticExamples::ofEveryKind)
            .toList();
    LocalModel local = LocalModel.of(examples, BATCH, MODEL, settings.learning());

    LoopRun job = new LoopRun(11, EXAMPLES, MODEL, settings).in(CLUSTER).ofEveryKind().execute();

    assertSame(job, local);
  }

  @ParameterizedTest
  @CsvSource({
    "hashmap, 2, examples, 500",
    "hashmap, 2, lookups and deltas, 25",
    "hashmap, 4, rows, 10",
    "hashmap, 2, dense deltas, 9",
    "hashmap, 4, merged slices, 5",
    "rocksdb, 4, examples, 700",
    "rocksdb, 2, lookups and deltas, 30",
    "rocksdb, 2, rows, 15",
    "rocksdb, 4, dense deltas, 6",
    "rocksdb, 2, merged slices, 8"
  })
  void everyExampleCountsOnceThroughAFailure(String backend, int parallelism, String edge, int at)
      throws Exception {
    LoopRun run =
        new LoopRun(at, EXAMPLES, MODEL, settings(2))
            .in(CLUSTER)
            .parallelism(parallelism)
            .checkpoints(Duration.ofMillis(20), backend)
            .breaking(edge, at)
            .execute();

    assertThat(run.broke).as("the edge broke").isTrue();
    run.assertEveryExampleCountedOnce();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void aCacheSmallerThanTheTableLosesNothing(int parallelism) throws Exception {
    LoopRun run =
        new LoopRun(3, EXAMPLES, MODEL, settings(2).withCacheRows(16))
            .in(CLUSTER)
            .parallelism(parallelism)
            .checkpoints(Duration.ofMillis(20), "rocksdb")
            .execute();

    run.assertEveryExampleCountedOnce();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void poisonIsReportedAndReachesNoParameter(int parallelism) throws Exception {
    LoopRun run =
        new LoopRun(19, EXAMPLES, MODEL, settings(2))
            .in(CLUSTER)
            .parallelism(parallelism)
            .poisoned()
            .execute();

    run.assertEveryExampleCountedOnce();
    assertThat(run.skipped)
        .extracting(skipped -> skipped.example().impressionId())
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, EXAMPLES)
                .filter(i -> Set.of(7, 27, 47, 67).contains(i % 100))
                .mapToObj(i -> "i" + i)
                .toList());
    run.rows.values().forEach(TrainingLoopITCase::assertFinite);
    assertFinite(run.denseValues());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void momentsOfTheDeepPartAreEachTrainersOwn(int parallelism) throws Exception {
    LearningSettings d = LearningSettings.DEFAULT;
    LearningSettings adam =
        d.withOptimizers(
            d.firstOrder(), d.embedding(), new Adam(0.001f, 0.9f, 0.999f, 1e-8f, 0.01f));
    LocalModel local = learned(5, adam);

    LoopRun job =
        new LoopRun(5, EXAMPLES, MODEL, settings(2, adam))
            .in(CLUSTER)
            .parallelism(parallelism)
            .execute();

    job.assertEveryExampleCountedOnce();
    float[] dense = local.dense();
    float most = parallelism == 1 ? 1e-6f : 0.2f;
    assertThat(job.denseValues()).containsExactly(dense, within(most));
    assertThat(dense).isNotEqualTo(learned(5, d).dense());
  }

  @Test
  void oneTrainerWithAllThatLearningMayHaveLearnsWhatTheLocalLearnerLearns() throws Exception {
    Regularization bounds =
        new Regularization(
            0.3f, 0.8f, 2, List.of(new FieldLearning(1, 2, 0.01f), new FieldLearning(3, 0.5f, 0)));
    LearningSettings learning =
        LearningSettings.DEFAULT
            .withOptimizers(
                new Ftrl(0.5f, 1, 0, 0, 5),
                new RowWiseAdagrad(0.1f, 0.1f, 1),
                new Adagrad(0.02f, 0.1f, 3))
            .withRegularization(bounds);
    LocalModel local = learned(13, learning);

    LoopRun job = new LoopRun(13, EXAMPLES, MODEL, settings(2, learning)).in(CLUSTER).execute();

    assertSame(job, local);
  }

  private static LocalModel learned(long seed, LearningSettings learning) {
    return LocalModel.of(SyntheticExamples.examples(seed, EXAMPLES), BATCH, MODEL, learning);
  }

  private static void assertSame(LoopRun job, LocalModel local) {
    assertThat(job.rows).hasSize(local.learner().rows());
    local.assertHasRowsOf(job);
    assertThat(job.denseValues()).containsExactly(local.dense());
  }

  private static void assertFinite(float[] values) {
    for (float value : values) {
      assertThat(value).isFinite();
    }
  }

  private static TrainSettings settings(int inFlight) {
    return settings(inFlight, LearningSettings.DEFAULT);
  }

  private static TrainSettings settings(int inFlight, LearningSettings learning) {
    return TrainSettings.DEFAULT
        .withBatchSize(BATCH)
        .withBatchLinger(Duration.ofSeconds(10))
        .withMaxInFlight(inFlight)
        .withCacheRows(1 << 16)
        .withLearning(learning);
  }
}
