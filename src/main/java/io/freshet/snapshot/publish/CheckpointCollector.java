package io.freshet.snapshot.publish;

import io.freshet.model.gauge.PublishedGauge;
import io.freshet.snapshot.write.PublisherInput;
import io.freshet.wire.FullRequest;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Collects the input between two barriers: parts since the last barrier, and whether they are
 * withheld; windows, the last few; who has sent all it has; of all else the latest.
 *
 * <p>Not thread-safe.
 */
final class CheckpointCollector {
  private final List<PublisherInput.Part> parts = new ArrayList<>();
  private final List<PublisherInput.Part> histories = new ArrayList<>();
  private final float[] dense;
  private final BitSet known = new BitSet();
  private long examples;
  private Optional<PublishedGauge> gauge = Optional.empty();
  private Map<String, Double> metrics = Map.of();
  private final RecentWindows windows;
  private final Map<String, RecentWindows> ofTasks = new LinkedHashMap<>(); // but the first
  private final SkippedShare skipped = new SkippedShare();
  private final Map<String, Long> offsets = new HashMap<>();
  private long eventTime = Long.MIN_VALUE;
  private boolean withheld; // since the last barrier
  private final SentWhole tables = new SentWhole();
  private final SentWhole allHistories = new SentWhole();
  private final boolean hasHistories;

  /**
   * @param denseSize parameters of the dense part
   * @param windows how many windows of event time the gate judges by
   * @param tasks names of tasks in addition to the first
   * @param hasHistories whether histories are published
   */
  CheckpointCollector(int denseSize, int windows, List<String> tasks, boolean hasHistories) {
    this.hasHistories = hasHistories;
    dense = new float[denseSize];
    this.windows = new RecentWindows(windows);
    tasks.forEach(task -> ofTasks.put(task, new RecentWindows(windows)));
  }

  /** One for a model without histories. */
  CheckpointCollector(int denseSize, int windows, List<String> tasks) {
    this(denseSize, windows, tasks, false);
  }

  /** Goes on from a restored state. */
  void goOnFrom(PublisherState state) {
    CheckpointContents contents = state.unpublished().get(state.unpublished().size() - 1);
    windows.goOnFrom(state.windows(), contents.metrics());
    ofTasks.forEach(
        (task, own) -> {
          if (state.taskWindows().containsKey(task)) {
            Map<String, Double> figures = Gate.figuresOf(task, contents.metrics());
            own.goOnFrom(state.taskWindows().get(task), figures);
          }
        });
    contents.dense().ifPresent(this::restore);
    skipped.goOnFrom(contents.metrics());
    metrics = Gate.without(contents.metrics(), ofTasks.keySet());
    offsets.putAll(contents.offsets());
    eventTime = contents.eventTime();
  }

  private void restore(CheckpointContents.Dense whole) {
    takeDense(0, whole.values(), whole.examples());
    gauge = Optional.of(whole.gauge());
  }

  void add(PublisherInput input) {
    if (input instanceof PublisherInput.Part part) {
      parts.add(part);
    } else if (input instanceof PublisherInput.Histories part) {
      histories.add(part.file());
    } else if (input instanceof PublisherInput.Dense part) {
      takeDense(part.block().from(), part.block().values(), part.block().examples());
    } else if (input instanceof PublisherInput.Gauge latest) {
      gauge = Optional.of(latest.published());
    } else if (input instanceof PublisherInput.Metrics latest) {
      Map<String, Double> all = new HashMap<>(metrics);
      all.putAll(latest.values());
      metrics = all;
    } else if (input instanceof PublisherInput.Added added) {
      Map<String, Double> all = new HashMap<>(metrics);
      added.values().forEach((name, value) -> all.merge(name, value, Double::sum));
      metrics = all;
    } else if (input instanceof PublisherInput.Withheld) {
      withheld = true;
    } else if (input instanceof PublisherInput.SentTable table) {
      tables.add(table.lineage(), table.shard(), table.shards());
    } else if (input instanceof PublisherInput.SentHistories all) {
      allHistories.add(all.lineage(), all.subtask(), all.subtasks());
    } else if (input instanceof PublisherInput.Window window) {
      windows.add(window);
    } else if (input instanceof PublisherInput.TaskWindow window) {
      ofTasks.get(window.task()).add(window.window());
    } else if (input instanceof PublisherInput.Offset offset) {
      // after a rescale a router may still report a partition that another reads by now
      offsets.merge(offset.topic() + "-" + offset.partition(), offset.next(), Math::max);
    }
  }

  /** Notes the watermark; the one that ends a bounded run says nothing about the model's age. */
  void watermark(long timestamp) {
    if (timestamp < Long.MAX_VALUE) {
      eventTime = timestamp;
    }
  }

  /** Closes the contents of a checkpoint, at its barrier. */
  CheckpointContents close(long checkpoint) {
    Optional<CheckpointContents.Dense> whole =
        gauge
            .filter(g -> isDenseKnown())
            .map(g -> new CheckpointContents.Dense(dense.clone(), examples, g));
    Map<String, Double> figures = new HashMap<>(metrics);
    figures.putAll(windows.figures());
    gauge
        .filter(PublishedGauge::isMixed)
        .ifPresent(g -> figures.put(Gate.BASE_RATE_WEIGHT, g.baseRateWeight()));
    int number = 0;
    for (String task : ofTasks.keySet()) {
      int place = ++number;
      figures.putAll(Gate.named(task, ofTasks.get(task).figures()));
      gauge
          .filter(g -> place < g.tasks() && g.of(place).isMixed())
          .map(g -> Map.of(Gate.BASE_RATE_WEIGHT, g.of(place).baseRateWeight()))
          .ifPresent(weight -> figures.putAll(Gate.named(task, weight)));
    }
    figures.putAll(skipped.at(metrics));
    CheckpointContents contents =
        new CheckpointContents(
            checkpoint, parts, whole, figures, offsets, eventTime, withheld, histories);
    parts.clear();
    histories.clear();
    withheld = false;
    return contents;
  }

  private boolean isDenseKnown() {
    return known.nextClearBit(0) >= dense.length;
  }

  /** What the gate judges by, for the state. */
  List<PublisherInput.Window> windows() {
    return windows.all();
  }

  /** The same of tasks in addition to the first. */
  Map<String, List<PublisherInput.Window>> taskWindows() {
    Map<String, List<PublisherInput.Window>> all = new HashMap<>();
    ofTasks.forEach((task, own) -> all.put(task, own.all()));
    return all;
  }

  /** The lineage that all rows and histories have been sent for; none until they have. */
  String sentFor() {
    String lineage = tables.lineage();
    return !hasHistories || allHistories.lineage().equals(lineage) ? lineage : FullRequest.NONE;
  }

  private void takeDense(int from, float[] values, long learned) {
    if (from < 0 || from + values.length > dense.length) {
      throw new IllegalStateException(
          "a block of the dense part covers %s to %s, of %s parameters"
              .formatted(from, from + values.length, dense.length));
    }
    System.arraycopy(values, 0, dense, from, values.length);
    known.set(from, from + values.length);
    examples = Math.max(examples, learned);
  }
}
