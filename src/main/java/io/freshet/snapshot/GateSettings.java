package io.freshet.snapshot;

import io.freshet.config.option.Section;
import java.io.Serializable;

/**
 * What a version must fulfil to become the current one. The figures are those of the last windows
 * of progressive validation, taken together.
 *
 * @param baseRate whether it must not be worse than the base rate
 * @param maxSkipped share of examples that may be skipped; {@link #NONE} for no limit
 * @param windows how many windows count
 * @param minExamples how many examples they must hold
 * @param maxLogloss {@link #NONE} for no limit
 * @param maxNe {@link #NONE} for no limit
 * @param minCalibration {@link #NONE} for no limit
 * @param maxCalibration {@link #NONE} for no limit
 */
public record GateSettings(
    boolean baseRate,
    double maxSkipped,
    int windows,
    int minExamples,
    double maxLogloss,
    double maxNe,
    double minCalibration,
    double maxCalibration)
    implements Serializable {
  public static final double NONE = Double.NaN;
  public static final GateSettings DEFAULT = Section.defaults(SnapshotOptions::gate);

  public GateSettings {
    if (windows < 1) {
      throw new IllegalArgumentException("the gate judges by one window at least, not " + windows);
    }
    if (minCalibration > maxCalibration) {
      throw new IllegalArgumentException(
          "min-calibration is %s, above max-calibration, %s"
              .formatted(minCalibration, maxCalibration));
    }
  }
}
