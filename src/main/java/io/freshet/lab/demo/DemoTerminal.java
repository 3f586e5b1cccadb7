package io.freshet.lab.demo;

import io.freshet.evaluate.report.Metrics;
import io.freshet.lab.simulate.Oracle;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The output of a run: on a terminal one line that is redrawn, elsewhere a line every few seconds.
 */
final class DemoTerminal {
  private static final long LINE_NANOS = 5_000_000_000L;

  private final PrintWriter out;
  private final boolean terminal;
  private long lastLine = System.nanoTime();

  DemoTerminal(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  void say(String text) {
    out.println(text);
    out.flush();
  }

  void progress(
      DemoProgress progress, OptionalLong total, Optional<Oracle> oracle, Path snapshots) {
    boolean due = System.nanoTime() - lastLine >= LINE_NANOS;
    if (terminal || due) {
      lastLine = due ? System.nanoTime() : lastLine;
      String text = text(progress, total, oracle) + latest(snapshots);
      out.print(terminal ? "\r\u001b[K" + text : text + System.lineSeparator());
      out.flush();
    }
  }

  void endProgress() {
    if (terminal) {
      out.print("\r\u001b[K");
      out.flush();
    }
  }

  private static String text(DemoProgress progress, OptionalLong total, Optional<Oracle> oracle) {
    Metrics all = progress.sinceStart();
    if (all.examples() == 0) {
      return "  waiting for the first window of event time";
    }
    Metrics window = progress.window();
    String share =
        total.isPresent()
            ? String.format(Locale.ROOT, " (%3.0f %%)", 100.0 * all.examples() / total.getAsLong())
            : "";
    return String.format(
        Locale.ROOT,
        "  %,9d examples%s  %,7.0f/s  logloss %.4f%s  AUC %.4f",
        all.examples(),
        share,
        all.examples() / progress.seconds(),
        window.logloss(),
        oracle
            .flatMap(o -> o.best(window.from(), window.to(), window.examples()))
            .map(best -> String.format(Locale.ROOT, " (best %.4f)", best.logloss()))
            .orElse(""),
        window.auc());
  }

  private static String latest(Path snapshots) {
    return Files.exists(snapshots.resolve("latest.json")) ? "  snapshot " + count(snapshots) : "";
  }

  private static long count(Path snapshots) {
    try (var versions = Files.list(snapshots)) {
      return versions.filter(v -> Files.exists(v.resolve("manifest.json"))).count();
    } catch (java.io.IOException e) {
      return 0; // only a figure on the screen; the outcome reads it again
    }
  }
}
