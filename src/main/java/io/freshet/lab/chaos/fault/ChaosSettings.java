package io.freshet.lab.chaos.fault;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A chaos run.
 *
 * @param seed of the stream, and of the plan where it is drawn
 * @param length how long the stream flows at least
 * @param rate records a second
 * @param taskManagers of two slots each
 * @param out directory of all files
 */
public record ChaosSettings(
    long seed,
    Duration length,
    double rate,
    int taskManagers,
    ChaosPlan plan,
    Path out,
    List<String> overrides) {
  public static final int SLOTS = 2;

  public ChaosSettings {
    requireNonNull(length, "length");
    requireNonNull(plan, "plan");
    out = out.toAbsolutePath();
    overrides = List.copyOf(overrides);
  }
}
