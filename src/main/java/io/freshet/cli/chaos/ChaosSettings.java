package io.freshet.cli.chaos;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A run.
 *
 * @param seed of the stream, and of the plan where it is drawn
 * @param length how long the stream flows at least
 * @param rate records a second
 * @param taskManagers how many, of two slots each
 * @param plan what happens
 * @param jar the slim jar to submit; without it the cluster's own class path has the job
 * @param out where all files go
 * @param overrides of the learner's configuration
 */
record ChaosSettings(
    long seed,
    Duration length,
    double rate,
    int taskManagers,
    List<Strike> plan,
    Optional<Path> jar,
    Path out,
    List<String> overrides) {
  static final int SLOTS = 2;

  ChaosSettings {
    requireNonNull(length, "length");
    plan = List.copyOf(plan);
    requireNonNull(jar, "jar");
    out = out.toAbsolutePath();
    overrides = List.copyOf(overrides);
  }
}
