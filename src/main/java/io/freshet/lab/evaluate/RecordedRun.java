package io.freshet.lab.evaluate;

import io.freshet.evaluate.offline.ScoredExamples;
import io.freshet.feature.ImpressionHash;
import io.freshet.job.example.PredictedExample;
import io.freshet.job.example.RecordFiles;
import io.freshet.kafka.KafkaClients;
import io.freshet.kafka.TopicReader;
import java.io.IOException;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** The predictions that a learner wrote while it learned. */
record RecordedRun(String model, ScoredExamples examples) {
  private static final String TOPIC = "topic:";

  /**
   * Reads {@code [MODEL@]FROM}, where FROM is {@code topic:NAME}, a file or a directory, and MODEL
   * ends in {@code /TASK} where it has several.
   *
   * @throws IOException if it holds no predictions, or those of several models and none is named
   */
  static RecordedRun read(String source, KafkaClients kafka, LongConsumer progress)
      throws IOException, InterruptedException {
    int at = source.indexOf('@');
    Optional<String> wanted = at > 0 ? Optional.of(source.substring(0, at)) : Optional.empty();
    String from = source.substring(at > 0 ? at + 1 : 0);
    TreeMap<String, ScoredExamples> models = new TreeMap<>();
    LongAdder read = new LongAdder();
    Consumer<PredictedExample> to =
        prediction -> {
          add(prediction, models);
          read.increment();
          progress.accept(read.sum());
        };
    predictions(from, kafka, to);
    if (models.isEmpty()) {
      throw new IOException(from + " holds no predictions");
    }
    if (wanted.isEmpty() && models.size() > 1) {
      throw new IOException(
          "%s holds predictions of %s: name one, as %s@%s"
              .formatted(from, models.keySet(), models.firstKey(), from));
    }
    String model = wanted.orElse(models.firstKey());
    if (!models.containsKey(model)) {
      throw new IOException(
          "%s holds no predictions of %s, but of %s".formatted(from, model, models.keySet()));
    }
    return new RecordedRun(model, models.get(model));
  }

  /** Hands on the predictions of {@code topic:NAME}, a file or a directory. */
  static void predictions(String from, KafkaClients kafka, Consumer<PredictedExample> to)
      throws IOException, InterruptedException {
    if (from.startsWith(TOPIC)) {
      try (TopicReader topic = new TopicReader(kafka, from.substring(TOPIC.length()))) {
        topic.readToEnd(record -> to.accept(RecordFiles.prediction(record.value())));
      }
    } else {
      RecordFiles.predictions(from, to);
    }
  }

  private static void add(PredictedExample of, TreeMap<String, ScoredExamples> models) {
    models
        .computeIfAbsent(
            of.model() + of.task().map(task -> "/" + task).orElse(""), name -> new ScoredExamples())
        .put(
            ImpressionHash.key(of.key()),
            of.time(),
            of.user(),
            of.label(),
            of.weight(),
            of.prediction());
  }

  String toText() {
    return "%s, %s predictions%s%s"
        .formatted(
            model,
            MetricFigures.count(examples.size()),
            note(examples.repeats(), "repeats"),
            note(examples.invalid(), "no probability"));
  }

  private static String note(long n, String what) {
    return n == 0 ? "" : " (%s %s)".formatted(MetricFigures.count(n), what);
  }
}
