package io.freshet.lab.chaos.fault;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * From a kill to learning again.
 *
 * @param from what died
 */
public record Recovery(Outage from, Duration time) {
  public Recovery {
    requireNonNull(from, "from");
    requireNonNull(time, "time");
  }

  /** What died, and with it what the recovery waits for. */
  public enum Outage {
    /** A task manager whose tasks fit on those left. */
    TASK_MANAGER("task manager, slots to spare"),
    /** A task manager whose slots are needed: it has to come back. */
    NEEDED_TASK_MANAGER("task manager that has to come back"),
    /**
     * The job manager, with or without a task manager: it has to come back, and be given the job.
     */
    JOB_MANAGER("job manager"),
    /** More than one, the second before the first was recovered from; from the first kill. */
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
