package io.freshet.cli;

import static java.util.Objects.requireNonNull;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * A line that shows how far a command is, drawn again twice a second while it runs on a terminal
 * and wiped when it ends.
 */
public final class Progress implements AutoCloseable {
  private static final long INTERVAL = 500_000_000;
  private static final int BAR = 30;

  private final PrintWriter out;
  private final boolean drawn;
  private final String what;
  private final OptionalLong total;
  private final long start = System.nanoTime();
  private long last = start;

  /** Progress towards a total, where there is one; on a terminal only. */
  public static Progress of(PrintWriter out, String what, OptionalLong total) {
    return new Progress(out, System.console() != null, what, total);
  }

  Progress(PrintWriter out, boolean drawn, String what, OptionalLong total) {
    this.out = requireNonNull(out, "out");
    this.drawn = drawn;
    this.what = requireNonNull(what, "what");
    this.total = total;
  }

  /** Says that so many are done. */
  public void at(long done) {
    if (!drawn) {
      return;
    }
    long now = System.nanoTime();
    if (now - last >= INTERVAL) {
      last = now;
      double perSecond = done * 1e9 / (now - start);
      out.print(
          "\r\u001b[K"
              + bar(done)
              + String.format(Locale.ROOT, "%,d %s, %,.0f/s", done, what, perSecond));
      out.flush();
    }
  }

  @Override
  public void close() {
    if (drawn) {
      out.print("\r\u001b[K");
      out.flush();
    }
  }

  private String bar(long done) {
    if (total.isEmpty() || total.getAsLong() <= 0) {
      return "";
    }
    double share = Math.min(1, (double) done / total.getAsLong());
    int full = (int) (BAR * share);
    return "["
        + "#".repeat(full)
        + " ".repeat(BAR - full)
        + String.format(Locale.ROOT, "] %3.0f %%  ", 100 * share);
  }
}
