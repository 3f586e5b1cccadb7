package io.freshet.train.dense;

import io.freshet.model.gauge.Gauge;
import io.freshet.train.message.GaugeDelta;
import io.freshet.train.message.ReplyTo;
import java.util.function.Consumer;

/**
 * A trainer's replica of the gauge, and its exchange with the merger: it sends what it added, and
 * takes over the merged sums with what it added meanwhile.
 *
 * <p>At most one request is open. After a restore the first one fetches the block; until its
 * response the replica is not ready. The only trainer of a job owns its sums: it sends them as they
 * are and keeps them, so that state has them to the last bit.
 */
public final class GaugeReplica {
  private static final double[] NOTHING = {};

  private final Gauge gauge;
  private final ReplyTo replyTo;
  private final boolean alone;
  private final Consumer<GaugeDelta> merger;
  private double[] known; // as last merged
  private double[] sent; // as it was when the open request was sent
  private boolean ready;
  private boolean open;
  private boolean started;

  /**
   * @param ready whether the block is as the replica is, all zeros
   */
  public GaugeReplica(
      Gauge gauge, ReplyTo replyTo, boolean alone, boolean ready, Consumer<GaugeDelta> merger) {
    this.gauge = gauge;
    this.replyTo = replyTo;
    this.alone = alone;
    this.ready = ready;
    this.merger = merger;
    known = gauge.values().clone();
    sent = known;
  }

  public boolean isReady() {
    return ready;
  }

  /** Whether a response is missing. */
  public boolean isOpen() {
    return open;
  }

  /** Requests the block, unless it is here or requested; from now on there is something to send. */
  public void fetch() {
    started = true;
    if (!ready && !open) {
      open = true;
      merger.accept(new GaugeDelta(replyTo, alone, NOTHING));
    }
  }

  /** Sends what was added; does nothing before the first example. */
  public void send() {
    if (!started || !ready || open) {
      return;
    }
    open = true;
    sent = gauge.values().clone();
    double[] added = sent.clone();
    for (int i = 0; !alone && i < added.length; i++) {
      added[i] -= known[i];
    }
    merger.accept(new GaugeDelta(replyTo, alone, added));
  }

  /** Takes the merged sums. */
  public void accept(double[] merged) {
    double[] values = gauge.values();
    for (int i = 0; !(alone && ready) && i < values.length; i++) {
      values[i] += merged[i] - sent[i];
    }
    known = merged;
    ready = true;
    open = false;
  }
}
