package io.freshet.lab.bench.snapshot;

import static io.freshet.lab.bench.measure.FigureTable.rounded;

import io.freshet.lab.bench.measure.FigureTable;
import io.freshet.lab.bench.measure.FigureTable.Form;
import java.io.PrintWriter;

/** What one step took of a store. */
record FarStoreFigure(String step, Traffic traffic, double seconds) {
  private static final double MEGABYTE = 1e6;

  static FigureTable<FarStoreFigure> table(PrintWriter out, boolean json) {
    return new FigureTable<FarStoreFigure>(out, Form.ARRAY.orTable(json))
        .column("step", "", "%-24s", FarStoreFigure::step)
        .column("requests", "requests", "%,8d", figure -> figure.traffic.total())
        .column("sent_mb", "MB sent", "%,8.1f", figure -> megabytes(figure.traffic.sent()))
        .column("received_mb", "MB read", "%,8.1f", figure -> megabytes(figure.traffic.received()))
        .column("seconds", "seconds", "%8.2f", figure -> rounded(figure.seconds))
        .column("methods", "  by method", "  %s", figure -> figure.traffic.byMethod())
        .begin();
  }

  private static double megabytes(long bytes) {
    return rounded(bytes / MEGABYTE);
  }
}
