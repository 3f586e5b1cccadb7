package io.freshet.join.breaker;

import static java.util.Objects.requireNonNull;

import io.freshet.feature.example.LabelPolicy;
import io.freshet.join.BreakerSettings;
import io.freshet.join.BreakerSettings.Action;
import io.freshet.join.JoinSettings;
import io.freshet.join.breaker.ClickRateTest.Finding;
import io.freshet.join.breaker.ClickRateTest.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops the join's time while clicks do not come as they should.
 *
 * <p>When time stands still, no window ends and no example goes on that is ahead of it: negatives
 * are held under every policy, and positives with them, or the model would see nothing else. What
 * comes meanwhile is taken into the state as ever, so that a click which comes late is in time.
 * There is no other mechanism; a topic of clicks that is wholly silent stops time by its watermark.
 *
 * <pre>
 * CLOSED   ── a bucket's test finds clicks missing ──► STALLED    time stops before that bucket
 * CLOSED   ── … or too many ─────────────────────────► FLOODED    the same
 * STALLED  ── late clicks make up the numbers ───────► CLOSED     held impressions are decided
 * STALLED  ── clicks are back for the patience ──────► CLOSED     clicks are lost: the action
 * STALLED  ── held for the longest hold ─────────────► CLOSED     the action; the rate is the new one
 * STALLED  ── … and next to no click comes ──────────► GIVEN_UP   the action, until they are back
 * GIVEN_UP ── clicks are back ───────────────────────► CLOSED
 * (FLOODED as STALLED)
 * </pre>
 *
 * <p>The first attribution window of a stream is not judged, since the usual rate is not known yet.
 * What is amiss is not taken into that rate. While time stands still, "made up" asks for more than
 * "not amiss": for half way from there to the usual rate.
 *
 * <p>Time passes a bucket only when its test is passed, where the traffic is enough for a test. So
 * before an outage is found, nothing was emitted that it falsified, but for the buckets that a test
 * takes beyond the first.
 *
 * <p>Which examples are left out then, and why: {@link ExclusionFilter}.
 *
 * <p>Each subtask of the join judges by itself: its impressions are an even sample, so it sees the
 * same as all, in smaller numbers. When the job is rescaled, each new subtask takes a share of what
 * one or several knew, their earliest time and whatever was amiss with them.
 */
public final class Breaker {
  private static final Logger LOG = LoggerFactory.getLogger(Breaker.class);
  private static final double NEXT_TO_NONE = 0.05;
  private static final int HEAD = 10; // numbers ahead of the spans in the stored form
  private static final long NONE = Long.MIN_VALUE;
  private static final long END_OF_TIME = Long.MAX_VALUE;

  /** What the breaker finds. */
  public enum Status {
    CLOSED,
    STALLED,
    FLOODED,
    GIVEN_UP
  }

  /** Of event time, into a hold; each further report comes after twice as long. */
  private static final Duration FIRST_REPORT = Duration.ofMinutes(1);

  private final BreakerSettings settings;
  private final ClickRateEstimator flow;
  private final ClickRateTest alarm;
  private final ClickRateTest recovery;
  private final ExclusionFilter exclusions;

  private Status status = Status.CLOSED;
  private long next = NONE; // the first bucket that time has not passed
  private long first; // the usual rate is known by buckets from here
  private long testable; // buckets before it are no part of a test
  private long suspect; // where the trouble began
  private boolean judged; // whether the last bucket that time passed was found as it should be
  private long back = NONE; // since which bucket clicks are back
  private long told; // how long the hold had lasted when it was last reported
  private long opened; // how often

  Breaker(BreakerSettings settings, Duration attributionWindow) {
    this(settings, attributionWindow, LabelPolicy.WAIT);
  }

  private Breaker(BreakerSettings settings, Duration attributionWindow, LabelPolicy policy) {
    this.settings = requireNonNull(settings, "settings");
    flow = new ClickRateEstimator(settings.window(), attributionWindow, settings.memory());
    exclusions = new ExclusionFilter(flow, policy);
    alarm = new ClickRateTest(flow, settings.drop(), settings.flood());
    recovery = new ClickRateTest(flow, (1 + settings.drop()) / 2, (1 + settings.flood()) / 2);
  }

  public static Breaker of(JoinSettings join) {
    return new Breaker(join.breaker(), join.window(), join.labels().policy());
  }

  public void impression(long shown) {
    if (settings.enabled()) {
      flow.impression(shown);
    }
  }

  /** A click that counts for its impression. */
  public void click(long shown, long clicked) {
    if (settings.enabled()) {
      flow.click(shown, clicked);
    }
  }

  /**
   * How far time may go, when the events have come to the given time; never further than that.
   *
   * @param reached how far time has gone so far, and all that was due then is done
   * @param clicksGone whether the topic of clicks has been silent for the longest hold
   */
  public long limit(long events, long reached, boolean clicksGone) {
    if (!settings.enabled() || flow.last().isEmpty()) {
      return events;
    }
    if (next == NONE) {
      next = flow.firstFrom(Long.MIN_VALUE).orElseThrow();
      first = next;
      testable = next;
    }
    judge(events, clicksGone);
    exclusions.forgetBefore(flow.bucket(reached) - flow.lags());
    flow.forgetBefore(isHolding() ? Math.min(suspect, next) : next);
    flow.learnNoneBefore(next);
    boolean wait = isHolding() || judged && events != END_OF_TIME;
    return wait ? Math.min(events, flow.end(next - 1) - 1) : events;
  }

  /** Whether time stands still. */
  public boolean isHolding() {
    return status == Status.STALLED || status == Status.FLOODED;
  }

  /** Which examples are not to be learned, as clicks of their time are lost. */
  public ExclusionFilter exclusions() {
    return exclusions;
  }

  /** Why time stands still, where it does. */
  public String reason() {
    return status == Status.FLOODED ? "clicks flood" : "clicks are missing";
  }

  public Status status() {
    return status;
  }

  /** How often it has stopped time. */
  public long opened() {
    return opened;
  }

  /** Clicks that an impression usually gets. */
  public double clickRate() {
    return flow.clickRate();
  }

  private void judge(long events, boolean clicksGone) {
    boolean atEnd = events == END_OF_TIME;
    // the last bucket of a stream that ends is cut off: nothing can be said of it
    long last = (atEnd ? flow.last().orElseThrow() : flow.bucket(events + 1)) - 1;
    while (next <= last) {
      if (flow.isQuietAt(next)) {
        next = Math.min(last + 1, flow.firstFrom(next).orElse(last + 1));
      } else if (status == Status.GIVEN_UP) {
        watchForReturn();
      } else if (!passes(next) && !settle(last, clicksGone, atEnd)) {
        return;
      }
    }
    if (isHolding()) {
      close("the clicks came late; what was held is decided");
    }
  }

  /** Passes the bucket if its clicks came. */
  private boolean passes(long bucket) {
    Finding found = (isHolding() ? recovery : alarm).upTo(bucket, testable);
    judged = found.verdict() != Verdict.UNKNOWN && bucket - first >= flow.lags();
    if (found.isAmiss() && judged) {
      if (!isHolding()) {
        open(found, bucket);
      }
      return false;
    }
    flow.learn(bucket);
    next = bucket + 1;
    return true;
  }

  private void open(Finding found, long bucket) {
    status = found.verdict() == Verdict.MISSING ? Status.STALLED : Status.FLOODED;
    suspect = found.from();
    back = NONE;
    told = 0;
    opened++;
    LOG.warn(
        "{}: {} came up to {}, {} were expected; nothing is learned or published until that is"
            + " settled",
        status == Status.STALLED ? "Clicks are missing" : "Clicks flood",
        Math.round(found.came()),
        Instant.ofEpochMilli(flow.end(bucket)),
        String.format(Locale.ROOT, "%.1f", found.expected()));
  }

  /** Whether the first bucket that is held need not be held any longer. */
  private boolean settle(long last, boolean clicksGone, boolean atEnd) {
    Finding recent = recovery.upTo(last, next + 1);
    if (recent.isAmiss()) {
      back = NONE;
    } else if (recent.verdict() == Verdict.FINE && back == NONE) {
      back = recent.from();
    }
    long patience = settings.patience().toMillis();
    if (back != NONE && (atEnd || flow.end(last) - flow.end(back) >= patience)) {
      return act(back, atEnd, "clicks are back, but those before are lost");
    }
    long held = flow.end(last) - flow.end(next - 1);
    if (atEnd || clicksGone || held >= settings.maxHold().toMillis()) {
      return giveUp(last, atEnd);
    }
    tell(recent, last);
    return false;
  }

  /** Says from time to time that a hold goes on, and what came meanwhile. */
  private void tell(Finding recent, long last) {
    long now = flow.end(last);
    long held = now - flow.end(next - 1);
    if (held < Math.max(FIRST_REPORT.toMillis(), 2 * told)) {
      return;
    }
    told = held;
    LOG.warn(
        "{} since {}: of late, {} came up to {}, {} were expected; {}",
        status == Status.STALLED ? "Clicks are missing" : "Clicks flood",
        Instant.ofEpochMilli(flow.end(next - 1)),
        Math.round(recent.came()),
        Instant.ofEpochMilli(now),
        String.format(Locale.ROOT, "%.1f", recent.expected()),
        back == NONE
            ? "nothing is learned until that is as usual again"
            : "if that lasts until "
                + Instant.ofEpochMilli(flow.end(back) + settings.patience().toMillis())
                + ", time goes on");
  }

  /** Lets time pass to a bucket, all before it being as good as it gets. */
  private boolean act(long to, boolean atEnd, String why) {
    if (settings.action() == Action.HOLD && !atEnd) {
      return false;
    }
    if (settings.action() != Action.LEARN) {
      exclusions.add(suspect, to, status == Status.FLOODED);
    }
    next = to;
    testable = to;
    close(why + "; what was held is " + fate());
    return true;
  }

  private boolean giveUp(long last, boolean atEnd) {
    double came = 0;
    double expected = 0;
    for (long bucket = next; bucket <= last; bucket++) {
      came += flow.came(bucket);
      expected += flow.expected(bucket, bucket)[0];
    }
    if (!act(last + 1, atEnd, "held for the longest time")) {
      return false;
    }
    if (came < NEXT_TO_NONE * expected) {
      status = Status.GIVEN_UP;
      if (settings.action() != Action.LEARN) {
        exclusions.leaveOpen();
      }
    } else {
      flow.unlearn();
      first = next;
    }
    return true;
  }

  private void watchForReturn() {
    Finding recent = recovery.upTo(next, testable);
    if (recent.verdict() == Verdict.FINE) {
      exclusions.endOpenAt(next);
      testable = next;
      close("clicks are back");
    } else {
      next++;
    }
  }

  private void close(String why) {
    LOG.info("Clicks are settled up to {}: {}", Instant.ofEpochMilli(flow.end(next - 1)), why);
    status = Status.CLOSED;
    back = NONE;
  }

  private String fate() {
    return settings.action() == Action.LEARN ? "learned" : "written to the dead letters";
  }

  /** What it knows, as numbers, for a checkpoint. */
  public double[] toArray() {
    double[] spans = exclusions.lost().toArray();
    double[] floods = exclusions.flooded().toArray();
    double[] counts = flow.toArray();
    double[] all = new double[HEAD + spans.length + floods.length + counts.length];
    all[0] = status.ordinal();
    all[1] = next;
    all[2] = first;
    all[3] = testable;
    all[4] = suspect;
    all[5] = back;
    all[6] = opened;
    all[7] = judged ? 1 : 0;
    all[8] = spans.length;
    all[9] = floods.length;
    System.arraycopy(spans, 0, all, HEAD, spans.length);
    System.arraycopy(floods, 0, all, HEAD + spans.length, floods.length);
    System.arraycopy(counts, 0, all, HEAD + spans.length + floods.length, counts.length);
    return all;
  }

  /**
   * Goes on from what one had known, or from what each of several had.
   *
   * @param share of the counts that this one takes from each
   */
  public void goOnFrom(Iterable<double[]> states, double share) {
    for (double[] state : states) {
      int floods = HEAD + (int) state[8];
      int counts = floods + (int) state[9];
      judged |= state[7] == 1;
      flow.addAll(Arrays.copyOfRange(state, counts, state.length), share);
      if ((long) state[1] == NONE) {
        continue;
      }
      boolean behind = next == NONE || (long) state[1] < next;
      Status other = Status.values()[(int) state[0]];
      if (behind && !isHolding() || other == Status.STALLED || other == Status.FLOODED) {
        status = other;
        suspect = (long) state[4];
        back = (long) state[5];
      }
      next = next == NONE ? (long) state[1] : Math.min(next, (long) state[1]);
      first = behind ? (long) state[2] : Math.min(first, (long) state[2]);
      testable = behind ? (long) state[3] : Math.min(testable, (long) state[3]);
      opened = Math.max(opened, (long) state[6]);
      exclusions.lost().addAll(Arrays.copyOfRange(state, HEAD, floods));
      exclusions.flooded().addAll(Arrays.copyOfRange(state, floods, counts));
    }
  }
}
