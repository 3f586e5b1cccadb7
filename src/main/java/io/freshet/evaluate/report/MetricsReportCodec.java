package io.freshet.evaluate.report;

import io.freshet.wire.WireCodec;
import io.freshet.wire.WireType;
import java.io.IOException;
import java.util.Optional;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** How {@link MetricsReport} travels between operators. */
public final class MetricsReportCodec implements WireCodec<MetricsReport> {
  public static final WireType<MetricsReport> TYPE =
      WireType.of(MetricsReport.class, MetricsReportCodec.class);

  @Override
  public void write(MetricsReport report, DataOutputView out) throws IOException {
    MetricsForm.write(report.window(), out);
    MetricsForm.write(report.sinceStart(), out);
    out.writeLong(report.occurrences());
    out.writeLong(report.invalid());
    out.writeLong(report.late());
    out.writeByte(report.series().ordinal());
    out.writeBoolean(report.slice().isPresent());
    if (report.slice().isPresent()) {
      out.writeUTF(report.slice().get().field());
      out.writeUTF(report.slice().get().value());
    }
    MetricsForm.write(report.windowSpread(), out);
    MetricsForm.write(report.spread(), out);
    out.writeDouble(report.users().per64());
    out.writeDouble(report.users().per512());
  }

  @Override
  public MetricsReport read(DataInputView in, int version) throws IOException {
    return new MetricsReport(
        MetricsForm.read(in),
        MetricsForm.read(in),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        MetricsSeries.values()[in.readByte()],
        in.readBoolean() ? Optional.of(new Slice(in.readUTF(), in.readUTF())) : Optional.empty(),
        MetricsForm.readSpread(in),
        MetricsForm.readSpread(in),
        new UsersSeen(in.readDouble(), in.readDouble()));
  }
}
