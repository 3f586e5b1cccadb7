package io.freshet.train.loop;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All waiting of a trainer: yields to the mailbox until something that mails bring about has come
 * true.
 *
 * <p>Yielding runs every mail of the operator: answers, but also its own timers and checkpoint
 * notifications. Hence three rules: what is to be sent is taken out of the buffer before the wait,
 * or stays in it until after; a mail that runs inside a wait never waits; a timer looks at {@link
 * #isOn()} first.
 *
 * <p>A wait that lasts is told once, when {@link #look} finds it longer than {@link #PATIENCE}, and
 * once more when it is over.
 */
final class MailboxWait {
  static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Logger LOG = LoggerFactory.getLogger(MailboxWait.class);

  private final MailboxExecutor mailbox;
  private final LongSupplier clock;
  private final Supplier<String> forWhat;
  private boolean on;
  private boolean told;
  private long since; // of the clock, when the present wait began
  private long millis; // of the waits that are over

  /**
   * @param clock milliseconds
   * @param forWhat tells in the log who waits for what
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
    if (told) {
      told = false;
      LOG.info("{} no longer waits, after {} s", forWhat.get(), waited / 1000);
    }
  }

  /** To be called now and then, by a timer: says so when the present wait has become a long one. */
  void look() {
    if (on && !told && clock.getAsLong() - since >= PATIENCE.toMillis()) {
      told = true;
      LOG.warn(
          "{} waits for {} s: a shard or merger is slow or stuck, or the state or snapshots that it"
              + " writes; the sources are held back until it answers",
          forWhat.get(),
          (clock.getAsLong() - since) / 1000);
    }
  }

  boolean isOn() {
    return on;
  }

  /** Time spent waiting so far, the present wait included. Called by other threads too. */
  long millis() {
    return on ? millis + clock.getAsLong() - since : millis;
  }
}
