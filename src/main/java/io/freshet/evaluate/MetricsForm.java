package io.freshet.evaluate;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** The binary form of {@link Metrics}: its components in their order. */
final class MetricsForm {
  private MetricsForm() {}

  static void write(Metrics metrics, DataOutput out) throws IOException {
    out.writeLong(metrics.from());
    out.writeLong(metrics.to());
    out.writeLong(metrics.examples());
    out.writeDouble(metrics.positives());
    out.writeDouble(metrics.ctr());
    out.writeDouble(metrics.logloss());
    out.writeDouble(metrics.auc());
    out.writeDouble(metrics.ne());
    out.writeDouble(metrics.calibration());
  }

  static Metrics read(DataInput in) throws IOException {
    return new Metrics(
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readDouble(),
        in.readDouble(),
        in.readDouble(),
        in.readDouble(),
        in.readDouble(),
        in.readDouble());
  }
}
