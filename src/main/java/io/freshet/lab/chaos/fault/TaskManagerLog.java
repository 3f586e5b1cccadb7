package io.freshet.lab.chaos.fault;

import io.freshet.lab.cluster.LogTail;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A task manager's log, up to its last line: its present resource id, and which of its trainers are
 * draining: they have begun a checkpoint and not passed its barrier on. Not thread-safe.
 */
final class TaskManagerLog {
  private static final Pattern ID = Pattern.compile("Starting TaskManager with ResourceID: (\\S+)");
  private static final Pattern BEGUN =
      Pattern.compile("Starting checkpoint \\d+ .* on task (Trainer \\(\\d+/\\d+\\)#\\d+)");
  private static final Pattern PASSED =
      Pattern.compile("Task (Trainer \\(\\d+/\\d+\\)#\\d+) broadcastEvent");

  private final LogTail tail;
  private final Set<String> draining = new HashSet<>();
  private String id = "";

  TaskManagerLog(Path log) {
    tail = new LogTail(log);
  }

  /** Reads on to the end. */
  TaskManagerLog read() throws IOException {
    tail.next().forEach(this::take);
    return this;
  }

  /** Its resource id; empty before its first line. */
  String id() {
    return id;
  }

  boolean isDraining() {
    return !draining.isEmpty();
  }

  private void take(String line) {
    Matcher begun = BEGUN.matcher(line);
    Matcher passed = PASSED.matcher(line);
    Matcher life = ID.matcher(line);
    if (begun.find()) {
      draining.add(begun.group(1));
    } else if (passed.find()) {
      draining.remove(passed.group(1));
    } else if (life.find()) {
      id = life.group(1);
      draining.clear();
    } else if (line.contains("switched from RUNNING to CANCELING")) {
      draining.clear(); // no barrier passes any more
    }
  }
}
