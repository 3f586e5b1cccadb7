package io.freshet.lab.chaos.fault;

import io.freshet.lab.chaos.fault.Fault.Moment;
import io.freshet.lab.cluster.FlinkCluster;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Detects the wanted moments, from outside and with certainty: when signs indicate one, a task
 * manager is held still (SIGSTOP) and checked again. If the moment lasts, it stays held for the
 * fault; otherwise it goes on, and the next moment is awaited.
 *
 * <ul>
 *   <li>drain: in the task manager's log a trainer has begun a checkpoint and not passed its
 *       barrier on
 *   <li>checkpoint: in the job manager's log one is triggered, and neither complete nor failed, and
 *       the task manager runs a trainer
 *   <li>unpublished: in that log one is complete, while the snapshots' pointer has an older one;
 *       the held one runs the publisher
 *   <li>recovering: in that log tasks of the task manager are deployed, and not running
 *   <li>batch open: another task manager with trainers, and so with shards, is held first; no batch
 *       can end without its rows, and the gauge {@code batches_in_flight} stays above zero
 * </ul>
 *
 * <p>Not thread-safe.
 */
public final class FaultPlan {
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Duration STANDSTILL = Duration.ofSeconds(2);
  private static final long SETTLE_MILLIS = 30; // until a log line written before is there
  private static final Pattern IN_FLIGHT =
      Pattern.compile("_batches_in_flight\\{[^}]*\\} ([0-9.]+)");

  private final FlinkCluster cluster;
  private final JobLog job;
  private final List<TaskManagerLog> taskManagers = new ArrayList<>();
  private final SnapshotStore snapshots;
  private long completedBefore;

  public FaultPlan(FlinkCluster cluster, SnapshotStore snapshots) {
    this.cluster = cluster;
    this.snapshots = snapshots;
    job = new JobLog(cluster.jobManager().log());
    for (int i = 0; i < cluster.taskManagers(); i++) {
      taskManagers.add(new TaskManagerLog(cluster.taskManager(i).log()));
    }
  }

  public long checkpoints() throws IOException {
    return job.read().checkpoints();
  }

  /** A task manager that trains: the preferred one if it does, or if none does. */
  int training(int preferred) throws IOException {
    job.read();
    for (int taskManager : inOrder(preferred)) {
      if (trains(taskManager)) {
        return taskManager;
      }
    }
    return preferred;
  }

  boolean isNeeded(int taskManager) throws IOException {
    return job.read().hosts(id(taskManager));
  }

  /**
   * Waits for the moment and holds a task manager in it.
   *
   * @return the one that is held; none if the moment did not come
   */
  OptionalInt hold(Moment moment, int preferred) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    completedBefore = job.read().lastCompleted();
    while (System.nanoTime() < deadline) {
      for (int taskManager : inOrder(preferred)) {
        if (moment == Moment.BATCH_OPEN
            ? holdWithOpenBatch(taskManager)
            : isIn(moment, taskManager) && holdIfStill(moment, taskManager)) {
          return OptionalInt.of(taskManager);
        }
      }
      Thread.sleep(1);
    }
    return OptionalInt.empty();
  }

  private boolean holdIfStill(Moment moment, int taskManager)
      throws IOException, InterruptedException {
    var process = cluster.taskManager(taskManager);
    process.freeze();
    Thread.sleep(SETTLE_MILLIS);
    if (isIn(moment, taskManager)) {
      return true;
    }
    process.thaw();
    return false;
  }

  private boolean isIn(Moment moment, int taskManager) throws IOException {
    job.read();
    return switch (moment) {
      case DRAIN -> taskManagers.get(taskManager).read().isDraining();
      case CHECKPOINT -> job.isCheckpointOpen() && trains(taskManager);
      case UNPUBLISHED ->
          job.lastCompleted() > completedBefore
              && job.runs("SnapshotPublisher", id(taskManager))
              && job.lastCompleted() > published();
      case RECOVERING -> job.isComingUp(id(taskManager));
      default -> throw new IllegalStateException("no sign of " + moment);
    };
  }

  private boolean holdWithOpenBatch(int taskManager) throws IOException, InterruptedException {
    OptionalInt other = otherTraining(taskManager);
    if (other.isEmpty() || !trains(taskManager)) {
      Thread.sleep(50);
      return false;
    }
    var process = cluster.taskManager(other.getAsInt());
    process.freeze();
    try {
      if (isStuck(taskManager)) {
        cluster.taskManager(taskManager).freeze();
        return true;
      }
      return false;
    } finally {
      process.thaw();
    }
  }

  /** Whether a trainer has open batches and cannot end them. */
  private boolean isStuck(int taskManager) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + STANDSTILL.toNanos();
    int seen = 0;
    while (seen < 3 && System.nanoTime() < deadline) {
      Thread.sleep(SETTLE_MILLIS);
      seen = hasOpenBatch(taskManager) ? seen + 1 : 0;
    }
    return seen == 3;
  }

  private boolean hasOpenBatch(int taskManager) throws InterruptedException {
    try {
      Matcher gauge = IN_FLIGHT.matcher(cluster.metrics(taskManager));
      while (gauge.find()) {
        if (Double.parseDouble(gauge.group(1)) > 0) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      return false; // its metrics are not up yet
    }
  }

  private OptionalInt otherTraining(int taskManager) throws IOException {
    job.read();
    for (int other : inOrder(taskManager)) {
      if (other != taskManager && trains(other)) {
        return OptionalInt.of(other);
      }
    }
    return OptionalInt.empty();
  }

  private boolean trains(int taskManager) throws IOException {
    return job.runs("Trainer", id(taskManager));
  }

  private String id(int taskManager) throws IOException {
    return taskManagers.get(taskManager).read().id();
  }

  private long published() throws IOException {
    Optional<Version> latest = snapshots.latest();
    return latest.isEmpty() ? 0 : latest.get().checkpoint();
  }

  private List<Integer> inOrder(int first) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < taskManagers.size(); i++) {
      int taskManager = (first + i) % taskManagers.size();
      if (cluster.taskManager(taskManager).isAlive()) {
        order.add(taskManager);
      }
    }
    return order;
  }
}
