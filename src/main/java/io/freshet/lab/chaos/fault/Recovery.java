package io.freshet.lab.chaos.fault;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/** The time from a kill to learning again. */
public record Recovery(Outage from, Duration time) {
  public Recovery {
    requireNonNull(from, "from");
    requireNonNull(time, "time");
  }

  /** What died, which decides what the recovery waits for. */
  public enum Outage {
    /** A task manager whose tasks fit on the others. */
    TASK_MANAGER("task manager, slots to spare"),
    /** A task manager whose slots are needed: it has to come back. */
    NEEDED_TASK_MANAGER("task manager that has to come back"),
    /** The job manager, with or without a task manager: it has to come back and get the job. */
    JOB_MANAGER("job manager"),
    /** More than one, the second before recovery from the first; counted from the first kill. */
    SEVERAL("struck again before it learned");

    private final String words;

    Outage(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }
}
