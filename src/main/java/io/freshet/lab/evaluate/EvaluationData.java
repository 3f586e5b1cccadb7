package io.freshet.lab.evaluate;

import io.freshet.event.DecodeResult;
import io.freshet.event.FeatureValues;
import io.freshet.feature.ExampleEncoder;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.history.Histories;
import io.freshet.feature.history.LocalHistories;
import io.freshet.job.example.RecordFiles;
import io.freshet.kafka.KafkaClients;
import io.freshet.kafka.TopicReader;
import io.freshet.lab.fit.FitTable;
import io.freshet.lab.replay.Replay;
import io.freshet.lab.replay.mapping.MappingFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Labeled examples from several kinds of sources.
 *
 * <ul>
 *   <li>{@code topic:NAME}, or files or a directory of {@code .jsonl} or {@code .jsonl.gz}: what a
 *       learner wrote as {@code examples}.
 *   <li>a file that ends in {@code .csv}: a header, a column for each feature, and the label's.
 *   <li>any other directory: the files of a mapping of {@code replay}, the given one or one in the
 *       jar.
 * </ul>
 */
record EvaluationData(KafkaClients kafka, String label, Optional<Path> mapping) {
  private static final String TOPIC = "topic:";
  private static final String SEPARATOR = "|";

  /** Receives an example, with the raw values where they are known. */
  interface Sink {
    void example(Optional<FeatureValues> values, LabeledExample example);
  }

  /** Passes on every example; fails if there are none. */
  void read(String from, FeatureSchema schema, Sink to) throws IOException, InterruptedException {
    Path path = Path.of(from.replaceFirst("^file:(//)?", ""));
    if (from.startsWith(TOPIC)) {
      try (TopicReader topic = new TopicReader(kafka, from.substring(TOPIC.length()))) {
        topic.readToEnd(
            record -> to.example(Optional.empty(), RecordFiles.example(record.value())));
      }
    } else if (from.endsWith(".csv")) {
      new FitTable(schema, label, SEPARATOR)
          .read(path, (values, example) -> to.example(Optional.of(values), example));
    } else if (mapping.isPresent() || isReplayed(path)) {
      replay(path, schema, to);
    } else {
      RecordFiles.examples(from, example -> to.example(Optional.empty(), example));
    }
  }

  /** Fills sequences, for which examples have to be in the order of time. */
  private static final class InOrder implements Sink {
    private final LocalHistories histories;
    private final Sink to;
    private final List<Row> rows = new ArrayList<>();

    private record Row(Optional<FeatureValues> values, LabeledExample example) {}

    InOrder(LocalHistories histories, Sink to) {
      this.histories = histories;
      this.to = to;
    }

    @Override
    public void example(Optional<FeatureValues> values, LabeledExample example) {
      rows.add(new Row(values, example));
    }

    void end() {
      rows.sort(Comparator.comparingLong(row -> row.example.time()));
      rows.forEach(row -> to.example(row.values, histories.next(row.example)));
    }
  }

  private static boolean isReplayed(Path path) throws IOException {
    for (String name : MappingFile.READY) {
      if (Files.exists(path.resolve(MappingFile.ready(name).input().file()))) {
        return true;
      }
    }
    return false;
  }

  private void replay(Path directory, FeatureSchema schema, Sink to) throws IOException {
    var rules =
        mapping.isPresent()
            ? MappingFile.read(mapping.get())
            : MappingFile.ready(MappingFile.readyFor(directory));
    ExampleEncoder encoder = new ExampleEncoder(schema);
    Histories histories = Histories.of(schema);
    InOrder inOrder = new InOrder(new LocalHistories(histories), to);
    try {
      new Replay(rules, directory, Instant.now(), true)
          .rows(
              (id, time, clicked, features) ->
                  example(
                      encoder,
                      id,
                      time,
                      clicked ? 1 : 0,
                      features,
                      histories.isEmpty() ? to : inOrder));
      inOrder.end();
    } catch (IllegalArgumentException e) {
      throw new IOException(directory + ": " + e.getMessage(), e);
    }
  }

  private static void example(
      ExampleEncoder encoder,
      String id,
      long time,
      float label,
      Map<String, Object> features,
      Sink to) {
    FeatureValues values = FeatureValues.of(encoder.names(), features);
    DecodeResult<Example> outcome = encoder.encode(values);
    if (outcome instanceof DecodeResult.Rejected<Example> rejected) {
      throw new IllegalArgumentException(id + ": " + rejected.rejection().reason());
    }
    Example example = ((DecodeResult.Good<Example>) outcome).value();
    to.example(Optional.of(values), new LabeledExample(id, time, label, 1, example));
  }
}
