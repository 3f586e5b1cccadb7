package io.freshet.snapshot;

import static io.freshet.config.option.ValueType.bool;
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
        s.option("root", "Directory of the snapshots.")
            .get(directory(), "file:///var/lib/freshet/snapshots"),
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
        s.option("share", "Rows in the deltas since the last full, as a share of the full's rows.")
            .get(positiveNumber(), 1.0),
        s.option("deltas", "Deltas since the last full.").get(wholeNumber(1, MILLION), 100));
  }

  static RetentionSettings retention(Section s) {
    return new RetentionSettings(
        s.option("fulls", "Number of newest fulls that passed the gate, kept to go back to.")
            .get(wholeNumber(1, MILLION), 3),
        s.option("grace", "How long a replaced version is kept, for followers.")
            .get(duration("1 s", "366 d"), Duration.ofHours(1)),
        s.option("branches", "How long the end of a lineage is kept for savepoints of it.")
            .get(duration("0 ms", "3660 d"), Duration.ofDays(30)));
  }

  static GateSettings gate(Section s) {
    ValueType<Double> limit = positiveNumber().or("none", GateSettings.NONE);
    return new GateSettings(
        s.option(
                "base-rate",
                "Withhold what is worse than the base rate: what predicted the windows worse than"
                    + " the share of clicks in them would, by more than chance explains.")
            .get(bool(), true),
        s.option(
                "max-skipped",
                "Highest share of examples that were skipped as poison since the last checkpoint.")
            .get(limit, 0.05),
        s.option(
                "windows",
                "Number of windows, judged together; older ones of up to a day join them while they"
                    + " hold fewer than 30 clicks.")
            .get(wholeNumber(1, 10_000), 5),
        s.option("min-examples", "Fewest examples in them.")
            .get(wholeNumber(0, Integer.MAX_VALUE), 0),
        s.option("max-logloss", "Highest logloss.").get(limit, GateSettings.NONE),
        s.option("max-ne", "Highest normalized entropy.").get(limit, GateSettings.NONE),
        s.option("min-calibration", "Lowest calibration: mean prediction / mean label.")
            .get(limit, GateSettings.NONE),
        s.option("max-calibration", "Highest calibration.").get(limit, GateSettings.NONE));
  }
}
