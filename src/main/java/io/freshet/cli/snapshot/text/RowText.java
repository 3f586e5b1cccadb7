package io.freshet.cli.snapshot.text;

import io.freshet.feature.Fids;
import io.freshet.snapshot.store.Snapshot;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** One row of a model for people. */
public final class RowText {
  private final Snapshot model;
  private final long fid;

  public RowText(Snapshot model, long fid) {
    this.model = model;
    this.fid = fid;
  }

  public void print(PrintWriter out) {
    float[] row = new float[model.width()];
    boolean known = model.read(fid, row, 0);
    TextTable table =
        new TextTable("ll")
            .row("Version", model.manifest().version().toString())
            .row("Fid", String.format(Locale.ROOT, "%d (0x%016x)", fid, fid))
            .row("Field", field());
    if (known) {
      table.row("Updates", String.valueOf(model.updates(fid))).row("w", String.valueOf(row[0]));
      for (int d = 1; d < row.length; d++) {
        table.row("v" + d, String.valueOf(row[d]));
      }
    } else {
      table.row("Row", "none; unknown ids: " + model.manifest().unknownIds().rule());
    }
    table.print(out);
  }

  private String field() {
    if (fid == Fids.BIAS) {
      return "the bias";
    }
    List<String> names = model.manifest().schema().namesOfRows(Fids.field(fid));
    return names.isEmpty() ? "none of the model's" : String.join(", ", names);
  }
}
