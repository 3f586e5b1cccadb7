package io.freshet.lab.bench.quality;

import io.freshet.config.LearnerConfig;
import io.freshet.lab.bench.measure.ScratchDirectory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A stream that the defaults have to learn.
 *
 * @param more fields in addition to those of the data, as YAML
 * @param transform of its numbers; empty for the default
 * @param settings of the learner that differ from the defaults, as {@code key=value}
 * @param bounds what must hold, by the number of trainers in the job; {@link #LOCAL} for the
 *     single-thread learner
 */
public record QualityStream(
    String name,
    StreamData data,
    List<String> more,
    String transform,
    List<String> settings,
    Map<Integer, Bounds> bounds) {

  /** As a number of trainers: the single-thread learner. */
  public static final int LOCAL = 0;

  private static final int LEAST_FIRST = 1000;
  private static final int FIRST_BATCHES = 4;

  public QualityStream {
    more = List.copyOf(more);
    settings = List.copyOf(settings);
    bounds = Collections.unmodifiableMap(new TreeMap<>(bounds));
  }

  /** Returns a copy with one more field. */
  public QualityStream with(String field) {
    List<String> fields = new ArrayList<>(more);
    fields.add(field);
    return new QualityStream(name, data, fields, transform, settings, bounds);
  }

  /** The name of what a number of trainers makes of the stream. */
  String name(int trainers) {
    return trainers == LOCAL ? name : "%s, job of %s".formatted(name, trainers);
  }

  /**
   * Learns the stream, or its first examples.
   *
   * @param most examples
   */
  public QualityFigures learn(int trainers, List<String> overrides, int most) throws Exception {
    if (trainers == LOCAL) {
      LearnerConfig config = config(overrides);
      return new LocalPass(config).run(examples(config, most), first(config, trainers));
    }
    try (ScratchDirectory scratch = ScratchDirectory.create()) {
      List<String> all = new ArrayList<>(JobPass.settings(trainers, scratch.path()));
      all.addAll(overrides);
      LearnerConfig config = config(all);
      return new JobPass(config).run(examples(config, most), first(config, trainers));
    }
  }

  /** What logistic regression makes of it. */
  QualityFigures linear(int most) throws Exception {
    return LinearFtrl.figures(data, most, LEAST_FIRST);
  }

  private StreamExamples examples(LearnerConfig config, int most) throws Exception {
    return new StreamExamples(data, config.features(), most);
  }

  /** How many examples {@code rel} leaves out. */
  private static int first(LearnerConfig config, int trainers) {
    return Math.max(
        LEAST_FIRST, FIRST_BATCHES * config.train().batchSize() * Math.max(1, trainers));
  }

  /** The learner's configuration: the fields, and defaults where nothing else is set. */
  LearnerConfig config(List<String> overrides) {
    List<String> all = new ArrayList<>(List.of("kafka.bootstrap-servers=localhost:9092"));
    all.add("train.user-field=" + data.userField());
    all.addAll(settings);
    all.addAll(overrides);
    String fields =
        Stream.concat(data.fields().entrySet().stream().map(this::field), more.stream())
            .map(field -> "  - " + field)
            .collect(Collectors.joining("\n"));
    return LearnerConfig.parse("features:\n" + fields, name, all);
  }

  private String field(Map.Entry<String, String> field) {
    boolean isTransformed = field.getValue().equals("numeric") && !transform.isEmpty();
    return "{name: %s, kind: %s%s}"
        .formatted(
            field.getKey(), field.getValue(), isTransformed ? ", transform: " + transform : "");
  }
}
