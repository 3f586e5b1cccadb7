package io.freshet.join.attribution;

import static java.util.Objects.requireNonNull;

import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.streaming.api.operators.InternalTimeServiceManager;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.watermark.Watermark;

/**
 * Does what a watermark makes due, a bounded amount at a time, so that a jump of the watermark does
 * not hold up checkpoints: in between, records and barriers have their turn. The watermark goes on
 * when all is done.
 *
 * <p>Flink's own interruptible timers need unaligned checkpoints. Splitting the jump upstream would
 * not do either: the steps would lie in the channel before the barrier all the same. And the bound
 * is on what is done, not on a span of event time, so a sparse stream that jumps by months takes no
 * more steps than it has things to do.
 */
public final class DueTimers {
  public static final int AT_ONCE = 1000;

  private final InternalTimeServiceManager<?> timers;
  private final MailboxExecutor mailbox;
  private final Output<?> output;

  private Watermark target = Watermark.UNINITIALIZED;
  private long sent;
  private long reached;
  private int done;
  private boolean advancing;

  /**
   * @param sent the watermark that had gone on before a restart
   */
  public DueTimers(
      InternalTimeServiceManager<?> timers, MailboxExecutor mailbox, Output<?> output, long sent) {
    this.timers = requireNonNull(timers, "timers");
    this.mailbox = requireNonNull(mailbox, "mailbox");
    this.output = requireNonNull(output, "output");
    this.sent = sent;
    this.reached = sent;
  }

  /**
   * Time does not go back: after a restart the sources may be behind what had gone on before it.
   */
  public void advanceTo(Watermark watermark) throws Exception {
    target = watermark.getTimestamp() < sent ? new Watermark(sent) : watermark;
    if (!advancing) {
      step();
    }
  }

  /** Reports a timer that fired: when it was set for, and how many things it had to do. */
  public void fired(long timestamp, int things) {
    reached = Math.max(reached, timestamp);
    done += things;
  }

  /** Fires what is left without a break: nothing comes after it. */
  public void finish() throws Exception {
    while (advancing) {
      step();
    }
  }

  /** The last watermark that went on. */
  public long sent() {
    return sent;
  }

  /** Up to when all that was due has been done: the last watermark, or beyond it in a jump. */
  public long reached() {
    return reached;
  }

  private void step() throws Exception {
    Watermark watermark = target;
    done = 0;
    advancing = !timers.tryAdvanceWatermark(watermark, () -> done >= AT_ONCE);
    if (advancing) {
      mailbox.execute(MailboxExecutor.MailOptions.deferrable(), this::resume, "fire due timers");
    } else {
      sent = watermark.getTimestamp();
      reached = sent;
      output.emitWatermark(watermark);
    }
  }

  private void resume() throws Exception {
    if (advancing) {
      step();
    }
  }
}
