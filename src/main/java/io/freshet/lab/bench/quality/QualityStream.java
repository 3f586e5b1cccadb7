package io.freshet.lab.bench.quality;

import io.freshet.config.LearnerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A stream that the defaults have to learn.
 *
 * @param transform of its numbers; empty for the default
 * @param settings of the learner that differ from the defaults, as {@code key=value}
 */
record QualityStream(
    String name, StreamData data, String transform, List<String> settings, Bounds bounds) {

  QualityStream {
    settings = List.copyOf(settings);
  }

  /** The learner's configuration: the fields, and defaults where nothing else is set. */
  LearnerConfig config(List<String> overrides) {
    List<String> all = new ArrayList<>(List.of("kafka.bootstrap-servers=localhost:9092"));
    all.add("train.user-field=" + data.userField());
    all.addAll(settings);
    all.addAll(overrides);
    String fields =
        data.fields().entrySet().stream().map(this::field).collect(Collectors.joining("\n"));
    return LearnerConfig.parse("features:\n" + fields, name, all);
  }

  private String field(Map.Entry<String, String> field) {
    boolean isTransformed = field.getValue().equals("numeric") && !transform.isEmpty();
    return "  - {name: %s, kind: %s%s}"
        .formatted(
            field.getKey(), field.getValue(), isTransformed ? ", transform: " + transform : "");
  }
}
