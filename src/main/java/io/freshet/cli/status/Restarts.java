package io.freshet.cli.status;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The failures that a run was restarted after, by their root causes. A run is hopeless that failed
 * {@value #MOST} times for the same cause and never worked for long in between: one that waits for
 * a broker fails minutes apart, and may go on.
 */
final class Restarts {
  static final int MOST = 10;

  private static final String CAUSED_BY = "Caused by: ";

  private final long apartMillis;
  private final Map<String, Integer> series = new HashMap<>(); // by cause
  private int count;
  private String cause = "";
  private long lastMillis;

  /**
   * @param apart after this much time without a failure, counting begins again
   */
  Restarts(Duration apart) {
    apartMillis = apart.toMillis();
  }

  /**
   * Takes a failure.
   *
   * @param stackTrace as Flink's REST interface has it
   * @param millis when, in epoch milliseconds
   * @return the line that tells of it
   */
  synchronized String failed(String stackTrace, long millis) {
    if (millis - lastMillis > apartMillis) {
      series.clear();
    }
    lastMillis = millis;
    count++;
    cause = rootOf(stackTrace);
    int same = series.merge(cause, 1, Integer::sum);
    String text = String.format(Locale.ROOT, "restart %s: %s", count, cause);
    return same == 1 ? text : text + " (%s of %s that end the run)".formatted(same, MOST);
  }

  /** The last of the causes in a stack trace, in one line. */
  static String rootOf(String stackTrace) {
    List<String> causes = stackTrace.lines().filter(line -> line.startsWith(CAUSED_BY)).toList();
    String root =
        causes.isEmpty()
            ? stackTrace.lines().findFirst().orElse("")
            : causes.get(causes.size() - 1).substring(CAUSED_BY.length());
    return root.strip().replaceFirst("^(?:[a-z0-9_]+\\.)+(?=[A-Z])", "");
  }

  synchronized int count() {
    return count;
  }

  synchronized String lastCause() {
    return cause;
  }

  synchronized boolean isHopeless() {
    return series.getOrDefault(cause, 0) >= MOST;
  }

  synchronized String hopeless() {
    return String.format(
        Locale.ROOT,
        "it failed %s times for the same cause: %s. Mend that and start it again; --resume goes on"
            + " from its last checkpoint",
        MOST,
        cause);
  }
}
