package io.freshet.snapshot.storage;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does something until it works, with growing pauses: an unreachable store holds work up, and never
 * fails it.
 *
 * <p>One line in the log when it begins to fail, one each minute while it does, with the cause of
 * that moment, and one when it works again; every failure is counted. What is {@linkplain
 * LostException lost} may be given up after a while: by then a person has not brought it back. Used
 * by one thread; others may ask for how long it has been failing.
 */
public final class Retry {
  private static final Logger LOG = LoggerFactory.getLogger(Retry.class);
  static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);
  static final Duration BETWEEN_LINES = Duration.ofMinutes(1);

  /** For how long what is lost is waited for. */
  public static final Duration PATIENCE = Duration.ofMinutes(15);

  private final Runnable failed;
  private final Duration patience;
  private final LongSupplier nanos;
  private final Sleeper sleeper;
  private volatile boolean failing;
  private volatile long since; // by the clock; counts while failing

  /**
   * @param failed called at each failure
   */
  public Retry(Runnable failed) {
    this(failed, PATIENCE);
  }

  /**
   * @param failed called at each failure
   * @param patience for how long what is lost is waited for
   */
  public Retry(Runnable failed, Duration patience) {
    this(failed, patience, System::nanoTime, Thread::sleep);
  }

  Retry(Runnable failed, Duration patience, LongSupplier nanos, Sleeper sleeper) {
    this.failed = failed;
    this.patience = patience;
    this.nanos = nanos;
    this.sleeper = sleeper;
  }

  interface Sleeper {
    void sleep(long millis) throws InterruptedException;
  }

  /** One attempt at something. */
  public interface Attempt<T> {
    T run() throws Exception;
  }

  /** For how long the work at hand has been failing; 0 where it does not. */
  public long failingSeconds() {
    return failing ? TimeUnit.NANOSECONDS.toSeconds(nanos.getAsLong() - since) : 0;
  }

  /**
   * The result of the first attempt that succeeds.
   *
   * @param what names the work in the log, as in "publishing 3f9a1c07-0000000012"
   */
  public <T> T untilDone(String what, Attempt<T> attempt) throws InterruptedException {
    try {
      return attempt(what, attempt, false);
    } catch (LostException e) {
      throw new IllegalStateException(what + " is never given up", e);
    }
  }

  /**
   * As {@link #untilDone}, for as long as it may heal.
   *
   * @throws LostException where what it needs has been lost for {@link #PATIENCE}
   */
  public <T> T untilDoneOrLost(String what, Attempt<T> attempt)
      throws InterruptedException, LostException {
    return attempt(what, attempt, true);
  }

  private <T> T attempt(String what, Attempt<T> attempt, boolean givesUp)
      throws InterruptedException, LostException {
    Duration pause = FIRST_PAUSE;
    long lineDue = 0;
    long notLost = 0; // the last time that it failed otherwise, or first
    for (int failures = 0; ; failures++) {
      try {
        T result = attempt.run();
        if (failures > 0) {
          LOG.info("{} works again after {} failures", what, failures);
        }
        failing = false;
        return result;
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        failed.run();
        long now = nanos.getAsLong();
        if (failures == 0) {
          LOG.warn("{} fails and is tried again until it works", what, e);
          since = now;
          notLost = now;
          failing = true;
          lineDue = since + BETWEEN_LINES.toNanos();
        } else if (now - lineDue >= 0) {
          LOG.warn("{} has been failing for {} s and is tried again", what, failingSeconds(), e);
          lineDue += BETWEEN_LINES.toNanos();
        }
        if (!(e instanceof LostException)) {
          notLost = now;
        } else if (givesUp && now - notLost >= patience.toNanos()) {
          failing = false;
          throw (LostException) e;
        }
      }
      sleeper.sleep(pause.toMillis()); // throws at once where an attempt was interrupted
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
              ? pause.multipliedBy(2)
              : LONGEST_PAUSE;
    }
  }
}
