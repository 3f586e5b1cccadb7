package io.freshet.config;

import io.freshet.config.option.Section;
import io.freshet.feature.Field;
import io.freshet.feature.NumericField;
import io.freshet.join.JoinSettings;
import io.freshet.model.Admission.Counted;
import io.freshet.model.LearningSettings;
import io.freshet.model.TableSettings;
import io.freshet.model.TableSettings.FieldRule;
import io.freshet.model.optimizer.Adagrad;
import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.model.optimizer.RowWiseAdagrad;
import io.freshet.train.TrainSettings;
import java.util.List;
import java.util.regex.Pattern;

/** Warns of settings that are allowed but rarely intended. */
final class ConfigWarnings {
  /**
   * Examples that learning may not have seen while it predicts. What the model loses depends on
   * this product alone: AUC .001-.003 up to 1,024, .006 at 2,048-4,096, .012 at 8,192 (DeepFM, one
   * pass over MovieLens in time order).
   */
  private static final long MOST_UNSEEN = 2048;

  /** Where concurrent addition of sums of squares was found safe. */
  private static final float LEAST_ACCUMULATOR = 0.1f;

  private final Section root;
  private final TrainSettings train;
  private final JoinSettings join;
  private final int parallelism;

  private ConfigWarnings(Section root, TrainSettings train, JoinSettings join, int parallelism) {
    this.root = root;
    this.train = train;
    this.join = join;
    this.parallelism = parallelism;
  }

  /** Names that ids have: user_id, itemId. */
  private static final Pattern ID = Pattern.compile("(.*[^A-Za-z])?[iI][dD]|.*[a-z]I[dD]");

  /** Warns of numbers that are only names, which no scale makes numbers of. */
  static void onNumbers(Section root, List<Field> fields) {
    for (Field field : fields) {
      if (field instanceof NumericField && ID.matcher(field.name()).matches()) {
        root.warning(
            "features",
            "%s is numeric, but named as an id: the model would learn from how large it is; an id"
                    .formatted(field.name())
                + " is categorical");
      }
    }
  }

  static void on(Section root, TrainSettings train, JoinSettings join, int parallelism) {
    ConfigWarnings warnings = new ConfigWarnings(root, train, join, parallelism);
    warnings.onUnseenExamples();
    warnings.onDenseExchange();
    warnings.onAccumulators();
    warnings.onTimers();
    warnings.onCounters();
  }

  private void onUnseenExamples() {
    long unseen = (long) parallelism * train.batchSize() * train.maxInFlight();
    if (unseen > MOST_UNSEEN) {
      root.warning(
          "train.batch-size",
          "parallelism %s x batch-size %s x max-in-flight %s lets each prediction miss %s examples; above %s the model gets measurably worse (AUC by .006 at 4096): lower one of them"
              .formatted(parallelism, train.batchSize(), train.maxInFlight(), unseen, MOST_UNSEEN));
    }
  }

  private void onDenseExchange() {
    if (train.denseSyncEvery() < train.learning().denseStepSize()) {
      root.warning(
          "train.dense.sync-every",
          "%s is below dense.step-size, %s: exchanges without a step between them carry nothing"
              .formatted(train.denseSyncEvery(), train.learning().denseStepSize()));
    }
    if (train.denseSlices() < parallelism) {
      root.warning(
          "train.dense.slices",
          "%s is below parallelism, %s: some mergers have nothing to merge"
              .formatted(train.denseSlices(), parallelism));
    }
  }

  private void onAccumulators() {
    LearningSettings learning = train.learning();
    onAccumulator("first-order-optimizer", learning.firstOrder());
    onAccumulator("embedding-optimizer", learning.embedding());
  }

  private void onAccumulator(String key, OptimizerSettings settings) {
    float start = LEAST_ACCUMULATOR;
    if (settings instanceof Adagrad adagrad) {
      start = adagrad.initialAccumulator();
    } else if (settings instanceof RowWiseAdagrad adagrad) {
      start = adagrad.initialAccumulator();
    }
    if (parallelism > 1 && start < LEAST_ACCUMULATOR) {
      root.warning(
          "train." + key + ".initial-accumulator",
          start + " is below 0.1: with several trainers the first steps of a row may overshoot");
    }
  }

  private void onCounters() {
    TableSettings table = train.learning().table();
    boolean isUnbounded =
        table.maxRows() == TableSettings.UNBOUNDED
            && table.fields().stream()
                .map(FieldRule::rule)
                .anyMatch(rule -> rule.admission() instanceof Counted && rule.expiry().isZero());
    if (isUnbounded) {
      root.warning(
          "embedding.admission.kind",
          "counts each feature indefinitely, as embedding.expiry is never: the counters of features"
              + " seen once grow without bound; set an expiry, or take kind sketch");
    }
  }

  private void onTimers() {
    if (!join.definition().isInline() && join.timerBucket().compareTo(join.window()) > 0) {
      root.warning(
          "join.timer-bucket",
          "is longer than join.window: negatives wait for the bucket's end, not the window's");
    }
  }
}
