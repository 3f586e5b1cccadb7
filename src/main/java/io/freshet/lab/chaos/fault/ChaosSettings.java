package io.freshet.lab.chaos.fault;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A chaos run.
 *
 * @param seed of the stream, and of the plan where it is drawn
 * @param length how long the stream flows at least
 * @param rate records a second
 * @param taskManagers of two slots each
 * @param out directory of all files, but for those on the disk
 * @param network whether each process has a host of its own, with partitions between them
 * @param disk a folder on a small file system of its own, for checkpoints, snapshots and local
 *     state; absent where these are in {@code out} too, and no disk is filled
 */
public record ChaosSettings(
    long seed,
    Duration length,
    double rate,
    int taskManagers,
    ChaosPlan plan,
    Path out,
    boolean network,
    Optional<Path> disk,
    List<String> overrides) {
  public static final int SLOTS = 2;

  public ChaosSettings {
    requireNonNull(length, "length");
    requireNonNull(plan, "plan");
    out = out.toAbsolutePath();
    disk = disk.map(Path::toAbsolutePath);
    overrides = List.copyOf(overrides);
  }

  /** The directory of checkpoints, snapshots and local state. */
  public Path storage() {
    return disk.map(folder -> folder.resolve(out.getFileName())).orElse(out);
  }
}
