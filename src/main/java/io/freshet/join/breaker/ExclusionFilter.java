package io.freshet.join.breaker;

import io.freshet.feature.ImpressionHash;
import io.freshet.feature.example.LabelPolicy;
import io.freshet.feature.example.LabeledExample;

/**
 * Which examples are not learned, since clicks of their time are lost or cannot be believed.
 *
 * <p><b>Clicks that are lost.</b> What is learned at any moment has to be in balance: positives are
 * clicks of now, negatives impressions of a window ago. So what is decided in the lost span is left
 * out, of both kinds. The clicks that are lost would have made positives of impressions that now
 * end as negatives, after the span: of those, the share is left out that had a click, by the usual
 * rate r of clicks and the share s of them that comes in the span: r s / (1 - r (1 - s)). Where
 * both labels come when the window ends, the two moments are one: nothing is left out by its time,
 * and of the negatives s / (1 - r (1 - s)), as of the positives s are lost.
 *
 * <p><b>False clicks.</b> In a flood nobody knows which clicks are true. What is decided in its
 * span is left out; and where negatives wait for the window's end, what is decided a window later
 * as well, for false clicks took most of those negatives away. Where both labels come when the
 * window ends, what was shown in the span is left out, and in the window before it.
 */
public final class ExclusionFilter {
  private final ClickRateEstimator flow;
  private final LabelPolicy policy;
  private final ExcludedIntervals lost = new ExcludedIntervals();
  private final ExcludedIntervals flooded =
      new ExcludedIntervals(); // by when examples are shown, if told together

  ExclusionFilter(ClickRateEstimator flow, LabelPolicy policy) {
    this.flow = flow;
    this.policy = policy;
  }

  /** Leaves out what clicks from one bucket up to another would have decided. */
  void add(long from, long to, boolean flood) {
    int window = flow.lags();
    if (!flood) {
      lost.add(from, to);
    } else if (together()) {
      flooded.add(from - window, to);
    } else {
      flooded.add(from, to);
      if (policy == LabelPolicy.WAIT) {
        flooded.add(from + window, to + window);
      }
    }
  }

  /** The last span of lost clicks goes on. */
  void leaveOpen() {
    lost.leaveOpen();
  }

  /** What went on ends. */
  void endOpenAt(long bucket) {
    lost.endOpenAt(bucket);
  }

  void forgetBefore(long bucket) {
    lost.forgetBefore(bucket);
    flooded.forgetBefore(bucket);
  }

  /** Whether an example is left out. */
  public boolean has(LabeledExample example, long shown) {
    if (lost.isEmpty() && flooded.isEmpty()) {
      return false; // as nearly always
    }
    boolean lostWithItsTime =
        together() ? flooded.contains(flow.bucket(shown)) : has(example.time());
    return lostWithItsTime
        || example.label() == 0 && ImpressionHash.isLeftOut(example.impressionId(), share(shown));
  }

  /** Whether what is decided at a time is left out: positives of that time are lost, or false. */
  public boolean has(long time) {
    return lost.contains(flow.bucket(time)) || flooded.contains(flow.bucket(time));
  }

  /** Of the negatives shown at a time, the share that is left out. */
  double share(long shown) {
    double share =
        lost.stream().mapToDouble(span -> flow.share(shown, span.from(), span.to())).sum();
    double rate = Math.min(0.99, flow.clickRate());
    return (together() ? share : rate * share) / (1 - rate * (1 - share));
  }

  ExcludedIntervals lost() {
    return lost;
  }

  ExcludedIntervals flooded() {
    return flooded;
  }

  /** Whether both labels come when the window ends. */
  private boolean together() {
    return policy == LabelPolicy.FULL_WAIT;
  }
}
