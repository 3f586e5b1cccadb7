package io.freshet.lab.evaluate;

import io.freshet.evaluate.EvaluateSettings;
import io.freshet.evaluate.metric.WindowedMetrics;
import io.freshet.evaluate.offline.ScoredExamples;
import io.freshet.event.FeatureValues;
import io.freshet.feature.ImpressionHash;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.job.source.ValueNames;
import io.freshet.model.batch.ExampleAttributes;
import io.freshet.model.batch.LongIndex;
import io.freshet.model.batch.Predictions;
import io.freshet.serve.model.Scorer;
import io.freshet.serve.model.ServedModel;
import io.freshet.serve.rows.MemoryStore;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Scores examples with a published snapshot, as serving does, and collects metrics. */
final class SnapshotScores {
  private static final int CHUNK = 512;
  private static final Duration ALL = Duration.ofDays(366);

  private final ServedModel model;
  private final int task;
  private final Scorer scorer;
  private final WindowedMetrics metrics;
  private final ScoredExamples scored = new ScoredExamples();
  private final ValueNames names;
  private final ExampleAttributes.Choice traits;
  private final List<LabeledExample> chunk = new ArrayList<>();
  private final LongIndex seen = new LongIndex(1024);
  private long unlabeled;
  private long repeats;
  private long rows;
  private long number;

  /**
   * Loads the version.
   *
   * @throws IOException if the version is not complete
   * @param named the task to score; the first where none is named
   * @throws IllegalArgumentException if the model lacks a field of {@code slices}
   */
  SnapshotScores(SnapshotStore store, Version version, List<String> slices, Optional<String> named)
      throws IOException {
    SnapshotReader reader = new SnapshotReader(store);
    model = new MemoryStore().load(reader.chain(version, Optional.empty()), reader);
    task = place(named, model.tasks().names());
    scorer = model.newScorer();
    Map<Integer, String> fields = new HashMap<>();
    for (String slice : slices) {
      fields.put(model.schema().fields().get(model.schema().index(slice)).number(), slice);
    }
    names = new ValueNames(model.schema(), slices);
    traits = new ExampleAttributes.Choice(fields.keySet(), false);
    metrics = new WindowedMetrics(new EvaluateSettings(ALL, 0, slices, 20), fields);
  }

  private static int place(Optional<String> named, List<String> tasks) throws IOException {
    int place = named.map(tasks::indexOf).orElse(0);
    if (place < 0) {
      throw new IOException(
          "--task: the model has no task \"%s\"; expected %s"
              .formatted(
                  named.get(), tasks.isEmpty() ? "none, as it has one" : String.join(", ", tasks)));
    }
    return place;
  }

  ServedModel model() {
    return model;
  }

  /** Takes an example; one that a learner wrote of another task is passed over. */
  void add(Optional<FeatureValues> values, LabeledExample example) {
    if (values.isEmpty() && example.task() != task) {
      return;
    }
    if (!example.isJudged()) {
      unlabeled++;
      return;
    }
    values.map(names::fresh).ifPresent(metrics::name);
    int before = seen.size();
    seen.add(key(example));
    if (seen.size() == before) {
      repeats++;
      return;
    }
    chunk.add(example);
    if (chunk.size() == CHUNK) {
      flush();
    }
  }

  void flush() {
    int n = chunk.size();
    List<Example> examples = chunk.stream().map(LabeledExample::example).toList();
    float[] probabilities = scorer.scoreTasks(examples)[task];
    long[] times = new long[n];
    float[] labels = new float[n];
    float[] weights = new float[n];
    long occurrences = 0;
    for (int i = 0; i < n; i++) {
      LabeledExample example = chunk.get(i);
      times[i] = example.time();
      labels[i] = example.label();
      weights[i] = example.weight();
      occurrences += examples.get(i).occurrences();
      scored.put(
          number++, times[i], examples.get(i).user(), labels[i], weights[i], probabilities[i]);
    }
    metrics.add(
        new Predictions(times, labels, weights, probabilities, occurrences)
            .with(traits.of(chunk, 0, 0)));
    chunk.clear();
  }

  /** Rows of tables have no ids, and never repeat. */
  private long key(LabeledExample example) {
    String id = example.impressionId();
    return id.isEmpty() ? rows++ : ImpressionHash.key(id + "/" + example.label());
  }

  WindowedMetrics metrics() {
    return metrics;
  }

  ScoredExamples scored() {
    return scored;
  }

  long repeats() {
    return repeats;
  }

  /** Examples left out for lack of a label: corrections, and mere predictions. */
  long unlabeled() {
    return unlabeled;
  }
}
