package io.freshet.config;

import static java.util.Objects.requireNonNull;

import io.freshet.config.option.Section;

/**
 * Where the labeled examples are written, for training elsewhere and for audit; and, by settings of
 * their own, the predictions made of them, for comparing learners.
 *
 * @param to where to
 * @param topic of Kafka
 * @param dir a URI that Flink's file systems know
 */
public record ExampleSettings(Target to, String topic, String dir) {
  public static final ExampleSettings DEFAULT = Section.defaults(ExampleOptions::examples);

  /** Of predictions, which are written alike. */
  public static final ExampleSettings PREDICTIONS = Section.defaults(ExampleOptions::predictions);

  /** Where examples can be written. */
  public enum Target {
    NOWHERE,
    /** To a topic, at least once. */
    TOPIC,
    /** To files, exactly once: they appear with the checkpoint that holds them. */
    FILES
  }

  public ExampleSettings {
    requireNonNull(to, "to");
    requireNonNull(topic, "topic");
    requireNonNull(dir, "dir");
  }
}
