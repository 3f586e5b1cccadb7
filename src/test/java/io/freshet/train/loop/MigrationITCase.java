package io.freshet.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.model.ModelKind;
import io.freshet.model.ModelSettings;
import io.freshet.model.SampleKinds;
import io.freshet.model.Tasks;
import io.freshet.model.optimizer.Adagrad;
import io.freshet.model.optimizer.Ftrl;
import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.model.optimizer.Sgd;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.store.Snapshot;
import io.freshet.train.InitialModel;
import io.freshet.train.LoopSettings;
import io.freshet.train.TrainSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A job that is stopped with a savepoint, and started again with settings of other state. */
@Timeout(180)
class MigrationITCase {
  @RegisterExtension private static final LoopCluster CLUSTER = new LoopCluster();

  private static final OptimizerSettings FTRL = new Ftrl(0.5f, 1, 0, 0);
  private static final OptimizerSettings ADAGRAD = new Adagrad(0.1f, 0.1f);
  private static final OptimizerSettings SLOW = new Adagrad(0.02f, 0.1f);
  private static final TrainSettings USUAL = StoppedJob.settings(FTRL, ADAGRAD, SLOW);
  private static final float ROUNDING = 2e-6f;
  private static final float OTHER_EXPERTS = 0.05f; // those of equal shares have other priors
  private static final float NEW_PAIRS = 1e-3f; // products of numbers of about .01

  @TempDir private Path folder;

  static Stream<Arguments> whatStays() {
    TrainSettings others =
        StoppedJob.settings(new Sgd(0.1f), new Ftrl(0.1f, 1, 0, 0), new Ftrl(0.05f, 1, 0, 0));
    return Stream.of(
        Arguments.of("larger", deepFm(4), deepFm(8), USUAL, NEW_PAIRS, true),
        Arguments.of("larger, without pairs", wideDeep(4), wideDeep(8), USUAL, ROUNDING, true),
        Arguments.of("other optimizers", deepFm(4), deepFm(4), others, ROUNDING, false),
        Arguments.of("longer rows of items", shorter(1), shorter(3), USUAL, ROUNDING, true),
        Arguments.of("tasks come", deepFm(4), tasks(4), USUAL, ROUNDING, true),
        Arguments.of("another task comes", tasks(3), tasks(4), USUAL, ROUNDING, true),
        Arguments.of("the last task goes", tasks(4), tasks(3), USUAL, ROUNDING, true),
        Arguments.of(
            "a task comes to experts", experts(2, 3), experts(2, 4), USUAL, ROUNDING, true),
        Arguments.of("all further tasks go", tasks(4), deepFm(4), USUAL, ROUNDING, true),
        Arguments.of("pairs of lr", lr(), deepFm(4), USUAL, OTHER_EXPERTS, true));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("whatStays")
  void predictionsStay(
      String what,
      ModelSettings before,
      ModelSettings after,
      TrainSettings train,
      float within,
      boolean isNewLineage)
      throws Exception {
    StoppedJob job = new StoppedJob(CLUSTER, folder);
    String savepoint = job.run(usual(before), 2, "");
    Version old = job.latest();

    job.run(migrating(after, train), 1, savepoint);

    assertThat(job.firstPredictions())
        .containsExactly(job.predict(old, SyntheticExamples.SCHEMA, before), within(within));
    assertContinues(job, old, after, isNewLineage);
  }

  static Stream<Arguments> whatGoes() {
    return Stream.of(
        Arguments.of("smaller", deepFm(8), deepFm(4)),
        Arguments.of("shorter rows of items", deepFm(4), shorter(2)),
        Arguments.of("rows of items as of all", shorter(2), deepFm(4)),
        Arguments.of("without hidden layers", deepFm(4), fm(4)),
        Arguments.of("tasks come to share experts", experts(0, 3), experts(2, 3)),
        Arguments.of("another number of experts", experts(3, 3), experts(2, 3)),
        Arguments.of("another kind of the same shape", deepFm(4), wideDeep(4)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("whatGoes")
  void removedParametersAreMissedAndTheRestStays(
      String what, ModelSettings before, ModelSettings after) throws Exception {
    StoppedJob job = new StoppedJob(CLUSTER, folder);
    String savepoint = job.run(usual(before), 1, "");
    Version old = job.latest();

    job.run(migrating(after, USUAL), 2, savepoint);

    assertContinues(job, old, after, true);
  }

  private static void assertContinues(
      StoppedJob job, Version old, ModelSettings after, boolean isNewLineage) throws Exception {
    Version now = job.latest();
    Snapshot before = job.load(old);
    Snapshot model = job.load(now);
    if (isNewLineage) {
      assertThat(now.lineage()).isNotEqualTo(old.lineage());
    }
    assertThat(job.reader().verify(now).problems()).isEmpty();
    assertThat(job.manifest(now).model().kind()).isEqualTo(after.kind().key());
    assertThat(job.manifest(now).model().embeddingSize()).isEqualTo(after.embeddingSize());
    assertThat(model.fids()).contains(before.fids());
    for (long fid : before.fids()) {
      assertThat(model.updates(fid)).isGreaterThanOrEqualTo(before.updates(fid));
    }
  }

  private static LoopSettings usual(ModelSettings model) {
    return LoopSettings.of(SyntheticExamples.SCHEMA, model, USUAL);
  }

  private static LoopSettings migrating(ModelSettings model, TrainSettings train) {
    return LoopSettings.of(SyntheticExamples.SCHEMA, model, train)
        .withStart(InitialModel.PLAIN.migrating());
  }

  private static ModelSettings lr() {
    return new ModelSettings(ModelKind.LR, 0, List.of(), 0, 0, 42);
  }

  private static ModelSettings fm(int size) {
    return new ModelSettings(ModelKind.FM, size, List.of(), 0, 0, 42);
  }

  private static ModelSettings deepFm(int size) {
    return ModelSettings.deepFm(size, List.of(16, 8), 0, 42);
  }

  /** With items, and tags, whose rows hold less. */
  private static ModelSettings shorter(int size) {
    return deepFm(4).withEmbeddingSizes(Map.of(2, size, 3, 2));
  }

  /** The first of some tasks. */
  private static ModelSettings tasks(int n) {
    return deepFm(4).withTasks(new Tasks(SampleKinds.TASKS.all().subList(0, n)));
  }

  /** DCN-V2 of some experts, whose first tasks these are. */
  private static ModelSettings experts(int n, int tasks) {
    return SampleKinds.mixingExperts(SampleKinds.of(ModelKind.DCN, 42), n, List.of())
        .withTasks(new Tasks(SampleKinds.TASKS.all().subList(0, tasks)));
  }

  private static ModelSettings wideDeep(int size) {
    return new ModelSettings(ModelKind.WIDE_DEEP, size, List.of(16, 8), 0, 0, 42);
  }
}
