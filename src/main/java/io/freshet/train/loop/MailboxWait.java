package io.freshet.train.loop;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The waiting of a trainer: yields to the mailbox until mails have made a condition true.
 *
 * <p>Yielding runs every mail of the operator: responses, but also its own timers and checkpoint
 * notifications. Hence three rules: what is to be sent is taken out of the buffer before the wait,
 * or stays in it until after; a mail that runs inside a wait never waits; a timer checks {@link
 * #isOn()} first.
 *
 * <p>A long wait is logged once, when {@link #look} finds it longer than {@link #PATIENCE}, and
 * once more when it is over.
 */
final class MailboxWait {
  static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Logger LOG = LoggerFactory.getLogger(MailboxWait.class);

  private final MailboxExecutor mailbox;
  private final LongSupplier clock;
  private final Supplier<String> forWhat;
  private boolean on;
  private boolean logged;
  private long since; // when the current wait began
  private long millis; // of finished waits

  /**
   * @param clock milliseconds
   * @param forWhat who waits for what, for the log
   */
  MailboxWait(MailboxExecutor mailbox, LongSupplier clock, Supplier<String> forWhat) {
    this.mailbox = mailbox;
    this.clock = clock;
    this.forWhat = forWhat;
  }

  void until(BooleanSupplier condition) throws InterruptedException {
    if (condition.getAsBoolean()) {
      return;
    }
    if (on) {
      throw new IllegalStateException("a mail that runs inside a wait began to wait");
    }
    since = clock.getAsLong();
    on = true;
    while (!condition.getAsBoolean()) {
      mailbox.yield();
    }
    on = false;
    long waited = clock.getAsLong() - since;
    millis += waited;
    if (logged) {
      logged = false;
      LOG.info("{} no longer waits, after {} s", forWhat.get(), waited / 1000);
    }
  }

  /** Logs the current wait if it is long; a timer calls it. */
  void look() {
    if (on && !logged && clock.getAsLong() - since >= PATIENCE.toMillis()) {
      logged = true;
      LOG.warn(
          "{} waits for {} s: a shard or merger is slow or stuck, or the state or snapshots that it"
              + " writes; the sources wait until it responds",
          forWhat.get(),
          (clock.getAsLong() - since) / 1000);
    }
  }

  boolean isOn() {
    return on;
  }

  /** Time spent waiting, with the current wait. Called by other threads too. */
  long millis() {
    return on ? millis + clock.getAsLong() - since : millis;
  }
}
