package io.freshet.train;

import java.util.function.BooleanSupplier;
import org.apache.flink.api.common.operators.MailboxExecutor;

/**
 * All waiting of a trainer: yields to the mailbox until something that mails bring about has come
 * true.
 *
 * <p>Yielding runs every mail of the operator: answers, but also its own timers and checkpoint
 * notifications. Hence three rules: what is to be sent is taken out of the buffer before the wait;
 * a mail that runs inside a wait never waits; a timer looks at {@link #isOn()} first.
 */
final class MailWait {
  private final MailboxExecutor mailbox;
  private boolean on;
  private long nanos;

  MailWait(MailboxExecutor mailbox) {
    this.mailbox = mailbox;
  }

  void until(BooleanSupplier condition) throws InterruptedException {
    if (condition.getAsBoolean()) {
      return;
    }
    if (on) {
      throw new IllegalStateException("a mail that runs inside a wait began to wait");
    }
    long start = System.nanoTime();
    on = true;
    while (!condition.getAsBoolean()) {
      mailbox.yield();
    }
    on = false;
    nanos += System.nanoTime() - start;
  }

  boolean isOn() {
    return on;
  }

  /** Time spent waiting so far, milliseconds. */
  long millis() {
    return nanos / 1_000_000;
  }
}
