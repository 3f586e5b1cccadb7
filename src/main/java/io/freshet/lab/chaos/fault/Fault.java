package io.freshet.lab.chaos.fault;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Locale;

/**
 * One fault of a run.
 *
 * @param at the earliest time, from the start of the stream
 * @param moment what it waits for then
 * @param target the task manager, the new parallelism, or the minutes that a clock is set forward
 * @param pause how long what failed stays so
 */
public record Fault(Duration at, Kind kind, Moment moment, int target, Duration pause) {

  public enum Kind {
    KILL_TASK_MANAGER,
    KILL_JOB_MANAGER,
    KILL_BOTH,
    KILL_BROKER,
    STOP_BROKER,
    FULL_DISK,
    /** A process that writes to the disk waits, most of the time. */
    SLOW_DISK,
    REFUSE_RESULTS,
    /** A task manager and the next one lose what they send each other. */
    CUT_TASK_MANAGERS,
    /** A task manager and the job manager do. */
    CUT_JOB_MANAGER,
    /** A task manager and the broker do. */
    CUT_BROKER,
    /** What a task manager sends gets lost, and it goes on receiving. */
    MUTE_TASK_MANAGER,
    ADVANCE_CLOCK,
    SAVEPOINT,
    RESCALE;

    /** Whether something fails until the pause is over. */
    public boolean isFailure() {
      return this != ADVANCE_CLOCK && this != SAVEPOINT && this != RESCALE;
    }

    /** Whether a process ends. */
    public boolean endsProcess() {
      return endsTaskManager() || endsJobManager() || this == KILL_BROKER || this == STOP_BROKER;
    }

    boolean endsTaskManager() {
      return this == KILL_TASK_MANAGER || this == KILL_BOTH;
    }

    boolean endsJobManager() {
      return this == KILL_JOB_MANAGER || this == KILL_BOTH;
    }

    /** Whether packets get lost between hosts. */
    public boolean isPartition() {
      return this == CUT_TASK_MANAGERS
          || this == CUT_JOB_MANAGER
          || this == CUT_BROKER
          || this == MUTE_TASK_MANAGER;
    }

    /** Whether it can strike a task manager that is held. */
    boolean isSudden() {
      return isFailure() && this != STOP_BROKER;
    }

    @Override
    public String toString() {
      return words(this);
    }
  }

  /** The state of the work when a fault strikes, which {@link FaultPlan} detects. */
  public enum Moment {
    /** Any state. */
    ANY,
    /** A trainer has requested the rows of a batch and not learned it. */
    BATCH_OPEN,
    /** A trainer has received a checkpoint's barrier and not forwarded it. */
    DRAIN,
    /** A checkpoint has begun and is not complete. */
    CHECKPOINT,
    /** A checkpoint is complete and its snapshot is not published. */
    UNPUBLISHED,
    /** Tasks start after another failure: they are deployed, or restore their state. */
    RECOVERING;

    @Override
    public String toString() {
      return words(this);
    }
  }

  private static String words(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  public Fault {
    requireNonNull(at, "at");
    requireNonNull(kind, "kind");
    requireNonNull(moment, "moment");
    requireNonNull(pause, "pause");
  }

  /** The task manager after the target. */
  int neighbor(int taskManagers) {
    return (target + 1) % taskManagers;
  }

  @Override
  public String toString() {
    String what =
        switch (kind) {
          case RESCALE -> kind + " to " + target;
          case ADVANCE_CLOCK -> kind + " by " + target + " min";
          default -> kind.toString();
        };
    String when = moment == Moment.ANY ? "" : ", " + moment;
    return String.format(Locale.ROOT, "%.1f s: %s%s", at.toMillis() / 1e3, what, when);
  }
}
