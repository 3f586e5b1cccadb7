package io.freshet.snapshot.publish;

import static java.util.Objects.requireNonNull;

import io.freshet.model.gauge.PublishedGauge;
import io.freshet.snapshot.write.PublisherInput;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What belongs to one checkpoint, as far as it is not published.
 *
 * @param checkpoint Flink's checkpoint id
 * @param parts rows announced since the barrier before, in the order they came
 * @param dense the whole dense part and the gauge; absent where they never came whole, or where
 *     this checkpoint cannot be published any more and only its parts are kept
 * @param metrics figures for the manifest
 * @param offsets next Kafka offset by {@code topic-partition}
 * @param eventTime the watermark, in epoch milliseconds; {@link Long#MIN_VALUE} before the first
 * @param withheld whether it is not to be published, though complete: its parts go into the next
 * @param histories as {@code parts}, of histories
 */
public record CheckpointContents(
    long checkpoint,
    List<PublisherInput.Part> parts,
    Optional<Dense> dense,
    Map<String, Double> metrics,
    Map<String, Long> offsets,
    long eventTime,
    boolean withheld,
    List<PublisherInput.Part> histories) {

  /**
   * The dense part's values, in the order of its parameters, and the gauge; the array is never
   * written to.
   *
   * @param examples examples it has learned from
   */
  public record Dense(float[] values, long examples, PublishedGauge gauge) {
    public Dense {
      requireNonNull(values, "values");
      requireNonNull(gauge, "gauge");
    }
  }

  public CheckpointContents {
    requireNonNull(dense, "dense");
    parts = List.copyOf(parts);
    metrics = Map.copyOf(metrics);
    offsets = Map.copyOf(offsets);
    histories = List.copyOf(histories);
  }

  /** One without histories. */
  public CheckpointContents(
      long checkpoint,
      List<PublisherInput.Part> parts,
      Optional<Dense> dense,
      Map<String, Double> metrics,
      Map<String, Long> offsets,
      long eventTime,
      boolean withheld) {
    this(checkpoint, parts, dense, metrics, offsets, eventTime, withheld, List.of());
  }

  /** One that may be published. */
  public CheckpointContents(
      long checkpoint,
      List<PublisherInput.Part> parts,
      Optional<Dense> dense,
      Map<String, Double> metrics,
      Map<String, Long> offsets,
      long eventTime) {
    this(checkpoint, parts, dense, metrics, offsets, eventTime, false);
  }

  /** Returns a copy that is not to be published. */
  CheckpointContents asWithheld() {
    return new CheckpointContents(
        checkpoint, parts, dense, metrics, offsets, eventTime, true, histories);
  }

  /** Returns a copy with parts of histories. */
  public CheckpointContents withHistories(List<PublisherInput.Part> other) {
    return new CheckpointContents(
        checkpoint, parts, dense, metrics, offsets, eventTime, withheld, other);
  }

  /** Returns what later checkpoints go on from where it is never published. */
  CheckpointContents withoutModel() {
    return new CheckpointContents(
        checkpoint, List.of(), Optional.empty(), metrics, offsets, eventTime);
  }

  /** Returns a copy without the dense part, of which only the parts count. */
  CheckpointContents withoutDense() {
    return new CheckpointContents(
        checkpoint, parts, Optional.empty(), metrics, offsets, eventTime, withheld, histories);
  }
}
