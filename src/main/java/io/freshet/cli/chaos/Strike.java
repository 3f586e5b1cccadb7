package io.freshet.cli.chaos;

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
record Strike(Duration at, Kind kind, Moment moment, int target, Duration pause) {

  /** What happens. */
  enum Kind {
    KILL_TASK_MANAGER,
    KILL_JOB_MANAGER,
    KILL_BOTH,
    KILL_BROKER,
    STOP_BROKER,
    SAVEPOINT,
    RESCALE;

    boolean isFailure() {
      return this != SAVEPOINT && this != RESCALE;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /** When, beyond the time of the clock. */
  enum Moment {
    /** At once, be the job running, recovering or draining. */
    ANY,
    /** While a checkpoint is in progress: in a drain, or in a snapshot of state. */
    CHECKPOINTING,
    /** As soon as one more checkpoint is complete, before or while its snapshot is published. */
    PUBLISHING
  }

  Strike {
    requireNonNull(at, "at");
    requireNonNull(kind, "kind");
    requireNonNull(moment, "moment");
    requireNonNull(pause, "pause");
  }

  @Override
  public String toString() {
    String what =
        switch (kind) {
          case KILL_TASK_MANAGER, KILL_BOTH -> kind + " (task manager " + target + ")";
          case RESCALE -> kind + " to " + target;
          default -> kind.toString();
        };
    String when = moment == Moment.ANY ? "" : ", " + moment.name().toLowerCase(Locale.ROOT);
    return "%.1f s: %s%s".formatted(at.toMillis() / 1e3, what, when);
  }
}
