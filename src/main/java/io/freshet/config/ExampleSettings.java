package io.freshet.config;

import static java.util.Objects.requireNonNull;

/**
 * Where the labelled examples are written, for training elsewhere and for audit.
 *
 * @param to where to
 * @param topic of Kafka
 * @param dir a URI that Flink's file systems know
 */
public record ExampleSettings(Target to, String topic, String dir) {
  public static final ExampleSettings DEFAULT =
      new ExampleSettings(Target.NOWHERE, "examples", "file:///var/lib/freshet/examples");

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
