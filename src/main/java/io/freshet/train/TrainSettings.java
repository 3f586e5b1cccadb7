package io.freshet.train;

import static java.util.Objects.requireNonNull;

import io.freshet.feature.example.LabelSettings;
import io.freshet.model.LearningSettings;
import io.freshet.model.TableSettings;
import io.freshet.model.optimizer.FieldLearning;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * The loop's settings: the grain of communication, beside {@link LearningSettings}, the grain of
 * learning.
 *
 * @param batchSize examples a lookup
 * @param batchLinger how long a part-filled batch waits for more examples
 * @param maxInFlight batches that may wait for their rows at once
 * @param denseSyncEvery examples between two exchanges of the dense part
 * @param denseSlices slices the dense part is cut in, each merged by one subtask
 * @param cacheRows rows each shard holds in its write-back cache
 * @param learning how a batch is learned
 */
public record TrainSettings(
    int batchSize,
    Duration batchLinger,
    int maxInFlight,
    int denseSyncEvery,
    int denseSlices,
    int cacheRows,
    LearningSettings learning)
    implements Serializable {
  public static final TrainSettings DEFAULT =
      new TrainSettings(256, Duration.ofMillis(20), 2, 256, 64, 1 << 20, LearningSettings.DEFAULT);

  public TrainSettings {
    requireNonNull(batchLinger, "batchLinger");
    requireNonNull(learning, "learning");
    atLeastOne("batch size", batchSize);
    atLeastOne("max in flight", maxInFlight);
    atLeastOne("dense sync every", denseSyncEvery);
    atLeastOne("dense slices", denseSlices);
    atLeastOne("cache rows", cacheRows);
    if (batchLinger.isNegative() || batchLinger.isZero()) {
      throw new IllegalArgumentException("batch linger is " + batchLinger + " but must be above 0");
    }
  }

  /** The same for labels that come about otherwise. */
  public TrainSettings withLabels(LabelSettings labels) {
    return with(learning.withLabels(labels));
  }

  /** The same for a table of other rules. */
  public TrainSettings withTable(TableSettings table) {
    return with(learning.withTable(table));
  }

  /** The same with fields whose rows are learned otherwise. */
  public TrainSettings withFields(List<FieldLearning> fields) {
    return with(learning.withRegularization(learning.regularization().with(fields)));
  }

  private TrainSettings with(LearningSettings other) {
    return new TrainSettings(
        batchSize, batchLinger, maxInFlight, denseSyncEvery, denseSlices, cacheRows, other);
  }

  private static void atLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + " but must be 1 or more");
    }
  }
}
