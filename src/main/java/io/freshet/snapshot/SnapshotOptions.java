package io.freshet.snapshot;

import static io.freshet.config.option.ValueType.directory;
import static io.freshet.config.option.ValueType.duration;
import static io.freshet.config.option.ValueType.positiveNumber;
import static io.freshet.config.option.ValueType.wholeNumber;

import io.freshet.config.option.Section;
import io.freshet.config.option.ValueType;
import java.time.Duration;

/** The options of the section {@code snapshot}. */
public final class SnapshotOptions {
  private static final int MILLION = 1_000_000;

  private SnapshotOptions() {}

  public static SnapshotSettings read(Section s) {
    return new SnapshotSettings(
        s.get(
            "root",
            directory(),
            "file:///var/lib/freshet/snapshots",
            "Directory of the snapshots."),
        s.section(
            "merge",
            SnapshotOptions::merge,
            "When the chain is merged into a full: as soon as one of the two limits is reached."),
        s.section("retention", SnapshotOptions::retention, "Which versions are kept."),
        s.section(
            "gate",
            SnapshotOptions::gate,
            "What a version must fulfill to become the current one, judged by the last windows of"
                + " progressive validation. A version that fails is withheld."));
  }

  static CompactionSettings merge(Section s) {
    return new CompactionSettings(
        s.get(
            "share",
            positiveNumber(),
            1.0,
            "Rows in the deltas since the last full, as a share of the full's rows."),
        s.get("deltas", wholeNumber(1, MILLION), 100, "Deltas since the last full."));
  }

  static RetentionSettings retention(Section s) {
    return new RetentionSettings(
        s.get(
            "fulls",
            wholeNumber(1, MILLION),
            3,
            "Number of newest fulls that passed the gate, kept to go back to."),
        s.get(
            "grace",
            duration("1 s", "366 d"),
            Duration.ofHours(1),
            "How long a version is kept after another took its place; longer than a follower may be"
                + " behind."),
        s.get(
            "branches",
            duration("0 ms", "3660 d"),
            Duration.ofDays(30),
            "How long the end of a lineage is kept, for jobs that start from a savepoint of it."));
  }

  static GateSettings gate(Section s) {
    ValueType<Double> limit = positiveNumber().or("none", GateSettings.NONE);
    return new GateSettings(
        s.get("windows", wholeNumber(1, 10_000), 5, "Number of windows, judged together."),
        s.get("min-examples", wholeNumber(0, Integer.MAX_VALUE), 0, "Fewest examples in them."),
        s.get("max-logloss", limit, GateSettings.NONE, "Highest logloss."),
        s.get("max-ne", limit, GateSettings.NONE, "Highest normalized entropy."),
        s.get(
            "min-calibration",
            limit,
            GateSettings.NONE,
            "Lowest calibration: mean prediction / mean label."),
        s.get("max-calibration", limit, GateSettings.NONE, "Highest calibration."));
  }
}
