package io.freshet.lab.chaos.fault;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Locale;

/**
 * One thing that happens to a run.
 *
 * @param at the earliest moment, from the start of the stream
 * @param moment what it waits for then
 * @param target which task manager, or the new parallelism; 0 where neither matters
 * @param pause how long what was killed stays away
 */
public record Fault(Duration at, Kind kind, Moment moment, int target, Duration pause) {

  /** What happens. */
  public enum Kind {
    KILL_TASK_MANAGER,
    KILL_JOB_MANAGER,
    KILL_BOTH,
    KILL_BROKER,
    STOP_BROKER,
    SAVEPOINT,
    RESCALE;

    /** Whether processes end. */
    public boolean isFailure() {
      return this != SAVEPOINT && this != RESCALE;
    }

    boolean endsTaskManager() {
      return this == KILL_TASK_MANAGER || this == KILL_BOTH;
    }

    boolean endsJobManager() {
      return this == KILL_JOB_MANAGER || this == KILL_BOTH;
    }

    /** Whether it may strike in a moment that a task manager is held in. */
    boolean isSudden() {
      return isFailure() && this != STOP_BROKER;
    }

    @Override
    public String toString() {
      return words(this);
    }
  }

  /** Where the work stands when a strike comes; {@link FaultPlan} tells how that is known. */
  public enum Moment {
    /** Wherever it stands. */
    ANY,
    /** A trainer has asked for the rows of a batch and not learned from it. */
    BATCH_OPEN,
    /** A trainer has got a checkpoint's barrier and not let it pass. */
    DRAIN,
    /** A checkpoint is begun and not complete. */
    CHECKPOINT,
    /** A checkpoint is complete and its snapshot not published. */
    UNPUBLISHED,
    /** Tasks come up again after another failure: they are deployed, or restore their state. */
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

  /** The task manager beside the one that is meant. */
  int neighbor(int taskManagers) {
    return (target + 1) % taskManagers;
  }

  @Override
  public String toString() {
    String what = kind == Kind.RESCALE ? kind + " to " + target : kind.toString();
    String when = moment == Moment.ANY ? "" : ", " + moment;
    return "%.1f s: %s%s".formatted(at.toMillis() / 1e3, what, when);
  }
}
