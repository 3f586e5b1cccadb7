package io.freshet.evaluate.report;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The binary form of {@link Metrics} and {@link Spread}: their components in their order. */
public final class MetricsForm {
  private MetricsForm() {}

  public static void write(Metrics metrics, DataOutput out) throws IOException {
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

  public static Metrics read(DataInput in) throws IOException {
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

  public static void write(Spread spread, DataOutput out) throws IOException {
    GroupedAuc gauc = spread.gauc();
    out.writeDouble(gauc.auc());
    out.writeLong(gauc.users());
    out.writeDouble(gauc.leftOutUsers());
    out.writeDouble(gauc.leftOut());
    out.writeDouble(gauc.sampled());
    out.writeByte(spread.deciles().size());
    for (Decile decile : spread.deciles()) {
      out.writeDouble(decile.weight());
      out.writeDouble(decile.prediction());
      out.writeDouble(decile.rate());
    }
  }

  public static Spread readSpread(DataInput in) throws IOException {
    GroupedAuc gauc =
        new GroupedAuc(
            in.readDouble(), in.readLong(), in.readDouble(), in.readDouble(), in.readDouble());
    List<Decile> deciles = new ArrayList<>();
    for (int n = in.readByte(); n > 0; n--) {
      deciles.add(new Decile(in.readDouble(), in.readDouble(), in.readDouble()));
    }
    return new Spread(gauc, deciles);
  }
}
