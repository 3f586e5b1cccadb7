package io.freshet.train.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.Field;
import io.freshet.feature.MultiField;
import io.freshet.feature.ParallelField;
import io.freshet.feature.SequenceField;
import io.freshet.feature.SequenceField.Attention;
import io.freshet.feature.SequenceField.Pooling;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.train.TrainSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Fields with the rows of another, sequences among them, in the loop: against the single-thread
 * learner and counting.
 */
class SharedRowsITCase {
  @RegisterExtension private static final LoopCluster CLUSTER = new LoopCluster();

  private static final int EXAMPLES = 6_000;
  private static final int BATCH = 64;
  private static final int ITEM = 2;
  private static final int TAGS = 3;
  private static final ModelSettings MODEL = ModelSettings.deepFm(4, List.of(16, 8), 0, 42);

  /** Items and what shares their rows, and a list along a sequence of tags. */
  private static final Map<Integer, Integer> SHORTER = Map.of(ITEM, 3, 4, 3, 5, 3, 8, 1);

  private static final TrainSettings SETTINGS =
      TrainSettings.DEFAULT
          .withBatchSize(BATCH)
          .withBatchLinger(Duration.ofSeconds(10))
          .withCacheRows(1 << 16);

  /** Fields, and examples of them. */
  private enum Fields {
    TAGS_OF_ITEMS(SharedRowsITCase::withItemsAsTags, new MultiField("tags", TAGS, "item")),
    SEQUENCES(
        SharedRowsITCase::withSequences,
        new MultiField("tags", TAGS),
        new SequenceField("recent", 4, "item", 3, Pooling.MEAN),
        new SequenceField("seen", 5, "item", 3, Pooling.ATTENTION, new Attention("item", 6, false)),
        new SequenceField("liked", 6, "tags", 3, Pooling.ATTENTION, new Attention("tags", 0, true)),
        new ParallelField("about", 7, "seen", "tags", "tags", false),
        new ParallelField("action", 8, "liked", "", "", false));

    private final LoopRun.Unary change;
    private final FeatureSchema schema;

    Fields(LoopRun.Unary change, Field... more) {
      this.change = change;
      List<Field> fields =
          new ArrayList<>(
              List.of(new CategoricalField("user", 1), new CategoricalField("item", ITEM)));
      fields.addAll(List.of(more));
      schema = new FeatureSchema(fields, "user");
    }

    LoopRun run() {
      return run(MODEL);
    }

    LoopRun run(ModelSettings model) {
      return new LoopRun(7, EXAMPLES, model, SETTINGS).in(CLUSTER).of(schema).examplesAs(change);
    }

    List<LabeledExample> examples() throws Exception {
      List<LabeledExample> examples = new ArrayList<>();
      for (LabeledExample example : SyntheticExamples.examples(7, EXAMPLES)) {
        examples.add(change.map(example));
      }
      return examples;
    }

    /** The field whose rows a field has. */
    int rowsOf(int field) {
      String name =
          schema.fields().stream()
              .filter(f -> f.number() == field)
              .findFirst()
              .map(Field::shares)
              .orElse("");
      return name.isEmpty() ? field : schema.fields().get(schema.index(name)).number();
    }

    Map<Long, Long> occurrences() throws Exception {
      Map<Long, Long> occurrences = new HashMap<>();
      for (LabeledExample example : examples()) {
        for (long fid : example.example().fids()) {
          int field = Fids.field(fid);
          boolean isOwn = rowsOf(field) == field || fid == Fids.missing(field);
          occurrences.merge(isOwn ? fid : Fids.of(rowsOf(field), fid), 1L, Long::sum);
        }
      }
      return occurrences;
    }
  }

  @ParameterizedTest
  @EnumSource
  void oneTrainerLearnsWhatTheLocalLearnerLearns(Fields fields) throws Exception {
    LocalModel local = new LocalModel(fields.schema, MODEL, LearningSettings.DEFAULT);
    local.learn(fields.examples(), BATCH);

    LoopRun job = fields.run().execute();

    assertThat(job.updates).isEqualTo(fields.occurrences());
    local.assertHasRowsOf(job);
    assertThat(job.denseValues()).containsExactly(local.dense());
  }

  @Test
  void oneTrainerLearnsShorterRowsAsTheLocalLearner() throws Exception {
    Fields fields = Fields.SEQUENCES;
    ModelSettings model = MODEL.withEmbeddingSizes(SHORTER);
    LocalModel local = new LocalModel(fields.schema, model, LearningSettings.DEFAULT);
    local.learn(fields.examples(), BATCH);

    LoopRun job = fields.run(model).execute();

    assertThat(job.updates).isEqualTo(fields.occurrences());
    local.assertHasRowsOf(job);
    assertThat(job.denseValues()).containsExactly(local.dense());
  }

  @Test
  void shorterRowsCountOnceThroughAFailure() throws Exception {
    Fields fields = Fields.SEQUENCES;
    LoopRun job =
        fields
            .run(MODEL.withEmbeddingSizes(SHORTER))
            .parallelism(2)
            .checkpoints(Duration.ofMillis(20), "rocksdb")
            .breaking("rows", 15)
            .execute();

    assertThat(job.broke).as("the edge broke").isTrue();
    assertThat(job.updates).isEqualTo(fields.occurrences());
    job.rows.forEach(
        (fid, row) -> {
          int size = SHORTER.getOrDefault(Fids.field(fid), MODEL.embeddingSize());
          for (int d = 1 + size; d < row.length; d++) {
            assertThat(row[d]).isZero();
          }
        });
  }

  @ParameterizedTest
  @CsvSource({
    "TAGS_OF_ITEMS, 2, rows, 15",
    "TAGS_OF_ITEMS, 4, lookups and deltas, 25",
    "SEQUENCES, 2, merged slices, 15"
  })
  void occurrencesAreLearnedOnceInTheRowThatFieldsShare(
      Fields fields, int parallelism, String edge, int at) throws Exception {
    LoopRun job =
        fields
            .run()
            .parallelism(parallelism)
            .checkpoints(Duration.ofMillis(20), "rocksdb")
            .breaking(edge, at)
            .execute();

    assertThat(job.broke).as("the edge broke").isTrue();
    assertThat(job.updates).isEqualTo(fields.occurrences());
    assertThat(job.dense.values()).allMatch(block -> block.examples() == EXAMPLES);
    assertThat(job.updates.keySet())
        .allMatch(
            fid ->
                fid == Fids.missing(Fids.field(fid))
                    || fields.rowsOf(Fids.field(fid)) == Fids.field(fid));
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

  /** The example with up to three values in each sequence, and in the lists along them. */
  private static LabeledExample withSequences(LabeledExample example) {
    SplittableRandom random = new SplittableRandom(example.time());
    Example plain = example.example();
    long[] fids = plain.fids();
    float[] values = plain.values();
    int[] counts = new int[9];
    for (int field = 4; field <= 8; field++) {
      counts[field] = field > 6 ? counts[field - 2] : random.nextInt(4);
      int count = counts[field];
      int n = fids.length;
      fids = Arrays.copyOf(fids, n + Math.max(1, count));
      values = Arrays.copyOf(values, fids.length);
      for (int i = n; i < fids.length; i++) {
        int value = 1 + random.nextInt(19);
        fids[i] =
            count == 0 ? Fids.missing(field) : Fids.of(field, field > 5 ? value : value * 104729L);
        values[i] = 1f / Math.max(1, count);
      }
    }
    return example.with(new Example(plain.user(), fids, values));
  }
}
