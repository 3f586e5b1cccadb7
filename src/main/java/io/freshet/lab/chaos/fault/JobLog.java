package io.freshet.lab.chaos.fault;

import io.freshet.lab.cluster.LogTail;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The job manager's log, up to its last line: the job's checkpoints, where its tasks are and which
 * of them are starting.
 *
 * <p>The log is milliseconds behind, much less than REST, and remains when the job manager dies.
 * Not thread-safe.
 */
final class JobLog {
  private static final Pattern TRIGGERED =
      Pattern.compile("Triggering checkpoint (\\d+) \\(type=(\\w+)");
  private static final Pattern COMPLETED = Pattern.compile("Completed checkpoint (\\d+) for job");
  private static final Pattern FAILED =
      Pattern.compile("Failed to trigger or complete checkpoint (\\d+) |Checkpoint (\\d+) of job");
  private static final Pattern DEPLOYED =
      Pattern.compile(
          "Deploying (.+) \\(\\d+/\\d+\\) \\(attempt .* with attempt id (\\S+) .* to (\\S+) @");
  private static final Pattern TASK =
      Pattern.compile("\\((\\w{32}_\\w{32}_\\d+_\\d+)\\) switched from \\w+ to (\\w+)");
  private static final Pattern JOB = Pattern.compile("switched from state \\w+ to (\\w+)");
  private static final Set<String> COMING_UP = Set.of("DEPLOYING", "INITIALIZING");
  private static final String NEW_LIFE = "Starting StandaloneSessionClusterEntrypoint (";

  private final LogTail tail;
  private final Set<Long> open = new HashSet<>();
  private final Set<Long> savepoints = new HashSet<>();
  private final Map<String, Attempt> attempts = new HashMap<>();
  private long lastCompleted;
  private long checkpoints;

  private static final class Attempt {
    final String operator;
    final String taskManager;
    String state = "SCHEDULED";

    Attempt(String operator, String taskManager) {
      this.operator = operator;
      this.taskManager = taskManager;
    }
  }

  JobLog(Path log) {
    tail = new LogTail(log);
  }

  /** Reads on to the end. */
  JobLog read() throws IOException {
    tail.next().forEach(this::take);
    return this;
  }

  /** Whether a checkpoint, or a savepoint, is in progress. */
  boolean isCheckpointOpen() {
    return !open.isEmpty();
  }

  /** The newest completed checkpoint, not savepoint, of the present job manager; 0 without one. */
  long lastCompleted() {
    return lastCompleted;
  }

  /** Completed checkpoints and savepoints of all job managers. */
  long checkpoints() {
    return checkpoints;
  }

  /** Whether tasks of the task manager, by its resource id, are deployed or restore their state. */
  boolean isComingUp(String taskManager) {
    return attempts.values().stream()
        .anyMatch(a -> a.taskManager.equals(taskManager) && COMING_UP.contains(a.state));
  }

  /** Whether a task whose name begins so runs on the task manager. */
  boolean runs(String operator, String taskManager) {
    return attempts.values().stream()
        .anyMatch(
            a ->
                a.operator.startsWith(operator)
                    && a.taskManager.equals(taskManager)
                    && a.state.equals("RUNNING"));
  }

  /** Whether tasks of the task manager run or start. */
  boolean hosts(String taskManager) {
    return isComingUp(taskManager) || runs("", taskManager);
  }

  private void take(String line) {
    if (line.contains(NEW_LIFE)) {
      open.clear();
      savepoints.clear();
      attempts.clear();
      lastCompleted = 0;
    } else if (line.contains(" switched from ")) {
      takeSwitch(line);
    } else if (line.contains("heckpoint")) {
      takeCheckpoint(line);
    } else if (line.contains(" Deploying ")) {
      Matcher deployed = DEPLOYED.matcher(line);
      if (deployed.find()) {
        attempts.put(deployed.group(2), new Attempt(deployed.group(1), deployed.group(3)));
      }
    }
  }

  private void takeSwitch(String line) {
    Matcher task = TASK.matcher(line);
    if (task.find()) {
      Attempt attempt = attempts.get(task.group(1));
      if (attempt != null) {
        attempt.state = task.group(2);
      }
      return;
    }
    Matcher job = JOB.matcher(line);
    if (job.find() && !job.group(1).equals("RUNNING")) {
      open.clear();
    }
  }

  private void takeCheckpoint(String line) {
    Matcher triggered = TRIGGERED.matcher(line);
    Matcher completed = COMPLETED.matcher(line);
    Matcher failed = FAILED.matcher(line);
    if (triggered.find()) {
      long id = Long.parseLong(triggered.group(1));
      open.add(id);
      if (triggered.group(2).contains("Savepoint")) {
        savepoints.add(id);
      }
    } else if (completed.find()) {
      long id = Long.parseLong(completed.group(1));
      checkpoints++;
      open.remove(id);
      lastCompleted = savepoints.contains(id) ? lastCompleted : id;
    } else if (failed.find()) {
      open.remove(Long.parseLong(failed.group(1) == null ? failed.group(2) : failed.group(1)));
    }
  }
}
