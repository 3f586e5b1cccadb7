package io.freshet.train;

import static java.util.Objects.requireNonNull;

import io.freshet.config.option.Section;
import io.freshet.feature.example.LabelSettings;
import io.freshet.model.LearningSettings;
import io.freshet.model.TableSettings;
import io.freshet.model.optimizer.FieldLearning;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * The loop's settings: how it communicates, and how it learns.
 *
 * @param batchSize examples per lookup
 * @param batchLinger how long a partly filled batch waits for more examples
 * @param maxInFlight batches that may wait for their rows at once
 * @param denseSyncEvery examples between two exchanges of the dense part
 * @param denseSlices slices of the dense part, each merged by one subtask
 * @param cacheRows rows in the write-back cache of each shard
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
  public static final TrainSettings DEFAULT = Section.defaults(TrainOptions::read);

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

  public TrainSettings withBatchSize(int examples) {
    return new TrainSettings(
        examples, batchLinger, maxInFlight, denseSyncEvery, denseSlices, cacheRows, learning);
  }

  public TrainSettings withBatchLinger(Duration linger) {
    return new TrainSettings(
        batchSize, linger, maxInFlight, denseSyncEvery, denseSlices, cacheRows, learning);
  }

  public TrainSettings withMaxInFlight(int batches) {
    return new TrainSettings(
        batchSize, batchLinger, batches, denseSyncEvery, denseSlices, cacheRows, learning);
  }

  public TrainSettings withDenseSyncEvery(int examples) {
    return new TrainSettings(
        batchSize, batchLinger, maxInFlight, examples, denseSlices, cacheRows, learning);
  }

  public TrainSettings withDenseSlices(int slices) {
    return new TrainSettings(
        batchSize, batchLinger, maxInFlight, denseSyncEvery, slices, cacheRows, learning);
  }

  public TrainSettings withCacheRows(int rows) {
    return new TrainSettings(
        batchSize, batchLinger, maxInFlight, denseSyncEvery, denseSlices, rows, learning);
  }

  public TrainSettings withLearning(LearningSettings other) {
    return new TrainSettings(
        batchSize, batchLinger, maxInFlight, denseSyncEvery, denseSlices, cacheRows, other);
  }

  public TrainSettings withLabels(LabelSettings labels) {
    return withLearning(learning.withLabels(labels));
  }

  public TrainSettings withTable(TableSettings table) {
    return withLearning(learning.withTable(table));
  }

  /** Returns a copy whose fields have these rates and penalties. */
  public TrainSettings withFields(List<FieldLearning> fields) {
    return withLearning(learning.withRegularization(learning.regularization().with(fields)));
  }

  private static void atLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + " but must be 1 or more");
    }
  }
}
