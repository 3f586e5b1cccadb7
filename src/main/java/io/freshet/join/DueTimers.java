package io.freshet.join;

import static java.util.Objects.requireNonNull;

import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.streaming.api.operators.InternalTimeServiceManager;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.watermark.Watermark;

/**
 * Fires the timers that a watermark makes due, a bounded number at a time, so that a jump of the
 * watermark does not hold up checkpoints: in between, records and barriers have their turn. The
 * watermark goes on when all have fired.
 *
 * <p>Flink's own interruptible timers need unaligned checkpoints. Splitting the jump upstream would
 * not do either: the steps would lie in the channel before the barrier all the same. And the bound
 * is on timers, not on a span of event time, so a sparse stream that jumps by months takes no more
 * steps than it has timers.
 */
final class DueTimers {
  static final int AT_ONCE = 1000;

  private final InternalTimeServiceManager<?> timers;
  private final MailboxExecutor mailbox;
  private final Output<?> output;

  private Watermark target = Watermark.UNINITIALIZED;
  private long sent;
  private boolean advancing;

  /**
   * @param sent the watermark that had gone on before a restart
   */
  DueTimers(
      InternalTimeServiceManager<?> timers, MailboxExecutor mailbox, Output<?> output, long sent) {
    this.timers = requireNonNull(timers, "timers");
    this.mailbox = requireNonNull(mailbox, "mailbox");
    this.output = requireNonNull(output, "output");
    this.sent = sent;
  }

  /**
   * Time does not go back: after a restart the sources may be behind what had gone on before it.
   */
  void advanceTo(Watermark watermark) throws Exception {
    target = watermark.getTimestamp() < sent ? new Watermark(sent) : watermark;
    if (!advancing) {
      step();
    }
  }

  /** Fires what is left without a break: nothing comes after it. */
  void finish() throws Exception {
    while (advancing) {
      step();
    }
  }

  /** The last watermark that went on. */
  long sent() {
    return sent;
  }

  private void step() throws Exception {
    Watermark watermark = target;
    int[] fired = {0};
    advancing = !timers.tryAdvanceWatermark(watermark, () -> ++fired[0] >= AT_ONCE);
    if (advancing) {
      mailbox.execute(MailboxExecutor.MailOptions.deferrable(), this::resume, "fire due timers");
    } else {
      sent = watermark.getTimestamp();
      output.emitWatermark(watermark);
    }
  }

  private void resume() throws Exception {
    if (advancing) {
      step();
    }
  }
}
