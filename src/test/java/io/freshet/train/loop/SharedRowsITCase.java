package io.freshet.train.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.MultiField;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.train.TrainSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two fields with one set of rows, in the loop: against the single-thread learner and counting. */
class SharedRowsITCase {
  @RegisterExtension private static final LoopCluster CLUSTER = new LoopCluster();

  private static final int EXAMPLES = 6_000;
  private static final int BATCH = 64;
  private static final int ITEM = 2;
  private static final int TAGS = 3;
  private static final FeatureSchema SHARING =
      new FeatureSchema(
          List.of(
              new CategoricalField("user", 1),
              new CategoricalField("item", ITEM),
              new MultiField("tags", TAGS, "item")),
          "user");
  private static final ModelSettings MODEL = ModelSettings.deepFm(4, List.of(16, 8), 0, 42);
  private static final TrainSettings SETTINGS =
      TrainSettings.DEFAULT
          .withBatchSize(BATCH)
          .withBatchLinger(Duration.ofSeconds(10))
          .withCacheRows(1 << 16);

  @Test
  void oneTrainerLearnsWhatTheLocalLearnerLearns() throws Exception {
    LocalModel local = new LocalModel(SHARING, MODEL, LearningSettings.DEFAULT);
    local.learn(examples(), BATCH);

    LoopRun job = run().execute();

    assertThat(job.updates).isEqualTo(occurrences());
    local.assertHasRowsOf(job);
    assertThat(job.denseValues()).containsExactly(local.dense());
  }

  @ParameterizedTest
  @CsvSource({"2, rows, 15", "4, lookups and deltas, 25"})
  void occurrencesOfBothFieldsAreLearnedOnceInOneRow(int parallelism, String edge, int at)
      throws Exception {
    LoopRun job =
        run()
            .parallelism(parallelism)
            .checkpoints(Duration.ofMillis(20), "rocksdb")
            .breaking(edge, at)
            .execute();

    assertThat(job.broke).as("the edge broke").isTrue();
    assertThat(job.updates).isEqualTo(occurrences());
    assertThat(job.updates.keySet()).noneMatch(fid -> Fids.field(fid) == TAGS);
  }

  private static LoopRun run() {
    return new LoopRun(7, EXAMPLES, MODEL, SETTINGS)
        .in(CLUSTER)
        .of(SHARING)
        .examplesAs(SharedRowsITCase::withItemsAsTags);
  }

  /** The example with tags that are items too. */
  private static LabeledExample withItemsAsTags(LabeledExample example) {
    long[] fids = example.example().fids().clone();
    for (int i = 0; i < fids.length; i++) {
      if (Fids.field(fids[i]) == TAGS) {
        fids[i] = Fids.of(TAGS, (fids[i] - Fids.missing(TAGS) + 1) * 104729);
      }
    }
    return example.with(new Example(example.example().user(), fids, example.example().values()));
  }

  private static List<LabeledExample> examples() {
    return SyntheticExamples.examples(7, EXAMPLES).stream()
        .map(SharedRowsITCase::withItemsAsTags)
        .toList();
  }

  private static Map<Long, Long> occurrences() {
    Map<Long, Long> occurrences = new HashMap<>();
    for (LabeledExample example : examples()) {
      for (long fid : example.example().fids()) {
        long row = Fids.field(fid) == TAGS ? Fids.of(ITEM, fid) : fid;
        occurrences.merge(row, 1L, Long::sum);
      }
    }
    return occurrences;
  }
}
