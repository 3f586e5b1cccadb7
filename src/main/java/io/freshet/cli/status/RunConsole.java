package io.freshet.cli.status;

import java.io.PrintStream;

/** Where a run in this process is reported: lines, and on a terminal one that is redrawn. */
final class RunConsole {
  private final PrintStream out;
  private final boolean terminal;
  private String drawn = "";
  private boolean ended;

  RunConsole(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  boolean isTerminal() {
    return terminal;
  }

  /** Redraws the last line. */
  synchronized void draw(String text) {
    if (!ended) {
      out.print("\r\u001b[K" + text);
      out.flush();
      drawn = text;
    }
  }

  /** Prints a line, above the one that is redrawn. */
  synchronized void line(String text) {
    if (!drawn.isEmpty()) {
      out.print("\r\u001b[K");
    }
    out.println(text);
    out.print(drawn);
    out.flush();
  }

  /** Leaves the line that was redrawn last as it is: nothing is redrawn any more. */
  synchronized void end() {
    if (!drawn.isEmpty()) {
      out.println();
      drawn = "";
    }
    ended = true;
  }
}
