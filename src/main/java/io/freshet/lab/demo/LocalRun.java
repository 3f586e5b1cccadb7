package io.freshet.lab.demo;

import io.freshet.config.LearnerConfig;
import io.freshet.evaluate.metric.WindowedMetrics;
import io.freshet.evaluate.report.Metrics;
import io.freshet.feature.example.LabeledExample;
import io.freshet.lab.stream.LocalSink;
import io.freshet.model.learn.LocalLearner;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.flink.api.connector.sink2.Sink;

/** The single-thread learner on the examples that a job in this process learned, for comparison. */
final class LocalRun {
  private static final Map<UUID, Queue<LabeledExample>> COLLECTED = new ConcurrentHashMap<>();

  private final UUID id = UUID.randomUUID();
  private List<LabeledExample> examples = List.of();
  private LocalLearner learner;

  LocalRun() {
    COLLECTED.put(id, new ConcurrentLinkedQueue<>());
  }

  /** Collects the job's labeled examples. */
  Sink<LabeledExample> sink() {
    UUID run = id;
    return new LocalSink<>(example -> COLLECTED.get(run).add(example));
  }

  /** Learns the collected examples in batches like the job's. */
  Metrics learn(LearnerConfig config) {
    examples = List.copyOf(COLLECTED.remove(id));
    learner = new LocalLearner(config.features(), config.model(), config.train().learning());
    WindowedMetrics metrics = new WindowedMetrics(config.evaluate().window());
    int batch = config.train().batchSize();
    for (int from = 0; from < examples.size(); from += batch) {
      int to = Math.min(examples.size(), from + batch);
      metrics.add(learner.learn(examples.subList(from, to)));
    }
    learner.flushDense();
    return metrics.report().sinceStart();
  }

  /** The learned examples in the order in which the job joined them. */
  List<LabeledExample> examples() {
    return examples;
  }

  LocalLearner learner() {
    return learner;
  }
}
