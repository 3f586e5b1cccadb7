package io.freshet.snapshot.storage;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does something until it works, with growing pauses: an unreachable store holds work up, and never
 * fails it.
 *
 * <p>One line in the log when it begins to fail and one when it works again; every failure is
 * counted.
 */
public final class Retry {
  private static final Logger LOG = LoggerFactory.getLogger(Retry.class);
  static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

  private final Runnable failed;

  /**
   * @param failed called at each failure
   */
  public Retry(Runnable failed) {
    this.failed = failed;
  }

  /** One attempt at something. */
  public interface Attempt<T> {
    T run() throws Exception;
  }

  /**
   * The result of the first attempt that succeeds.
   *
   * @param what names the work in the log, as in "publishing 3f9a1c07-0000000012"
   */
  public <T> T untilDone(String what, Attempt<T> attempt) throws InterruptedException {
    Duration pause = FIRST_PAUSE;
    for (int failures = 0; ; failures++) {
      try {
        T result = attempt.run();
        if (failures > 0) {
          LOG.info("{} works again after {} failures", what, failures);
        }
        return result;
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        failed.run();
        if (failures == 0) {
          logFirst(what, e);
        }
      }
      Thread.sleep(pause.toMillis()); // throws at once where an attempt was interrupted
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
              ? pause.multipliedBy(2)
              : LONGEST_PAUSE;
    }
  }

  private static void logFirst(String what, Exception e) {
    LOG.warn("{} fails and is tried again until it works", what, e);
  }
}
