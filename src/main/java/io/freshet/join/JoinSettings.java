package io.freshet.join;

import static java.util.Objects.requireNonNull;

import io.freshet.config.option.Section;
import io.freshet.feature.example.LabelSettings;
import io.freshet.feature.example.LabelSettings.Sampling;
import io.freshet.join.policy.WarmUp;
import java.io.Serializable;
import java.time.Duration;

/**
 * The label join's settings.
 *
 * @param outOfOrderness how far behind the newest a record may be, in event time
 * @param idleness after how long without records a Kafka partition of impressions no longer holds
 *     back the watermark
 * @param timerBucket timers are rounded up to a multiple of it
 * @param warmUp how long positives are held back at the start of a stream under policy wait (see
 *     {@link WarmUp}); zero for not at all, else no shorter than the window
 * @param definition which actions there are, and what the label is
 * @param labels when which label is emitted
 * @param scoredShare share of the impressions whose prediction at impression time is held against
 *     the final label
 * @param breaker what happens when clicks do not come as they should
 * @param maxDrift how far ahead of the slowest a partition may be read, in event time
 */
public record JoinSettings(
    Duration outOfOrderness,
    Duration idleness,
    Duration timerBucket,
    Duration warmUp,
    LabelDefinition definition,
    LabelSettings labels,
    double scoredShare,
    BreakerSettings breaker,
    Duration maxDrift)
    implements Serializable {
  public static final JoinSettings DEFAULT =
      Section.defaults(s -> JoinOptions.read(s, "clicks", false, 0));

  public JoinSettings {
    requireNonNull(outOfOrderness, "outOfOrderness");
    requireNonNull(idleness, "idleness");
    requireNonNull(timerBucket, "timerBucket");
    requireNonNull(warmUp, "warmUp");
    requireNonNull(definition, "definition");
    requireNonNull(labels, "labels");
    requireNonNull(breaker, "breaker");
    requireNonNull(maxDrift, "maxDrift");
    if (outOfOrderness.isNegative()
        || !(positive(idleness) && positive(timerBucket) && positive(maxDrift))) {
      throw new IllegalArgumentException(
          "idleness %s, timer bucket %s and max-drift %s must be above 0, out-of-orderness %s 0 or more"
              .formatted(idleness, timerBucket, maxDrift, outOfOrderness));
    }
    if (!(scoredShare >= 0 && scoredShare <= 1)) {
      throw new IllegalArgumentException("scored share " + scoredShare + " is not in 0 … 1");
    }
    Duration window = definition.window();
    if (warmUp.isNegative() || (!warmUp.isZero() && warmUp.compareTo(window) < 0)) {
      throw new IllegalArgumentException(
          "warm-up %s is shorter than the window %s".formatted(warmUp, window));
    }
    if (definition.isFractional() || definition.isSum()) {
      refuseSums(labels);
    }
  }

  /** Clicks alone, waited for, without a warm-up. */
  public static JoinSettings ofClicks(
      Duration window, Duration outOfOrderness, Duration idleness, Duration timerBucket) {
    return new JoinSettings(
        outOfOrderness,
        idleness,
        timerBucket,
        Duration.ZERO,
        LabelDefinition.click("clicks", window),
        LabelSettings.DEFAULT,
        0,
        BreakerSettings.DEFAULT,
        DEFAULT.maxDrift);
  }

  private static void refuseSums(LabelSettings labels) {
    if (labels.policy().fakesNegatives()) {
      throw new IllegalArgumentException(
          "a label that is a sum of actions cannot be emitted before it is final: policy %s needs a label of one action, a sum needs policy wait or full-wait"
              .formatted(labels.policy()));
    }
    if (labels.negativeRate() < 1 && labels.sampling() == Sampling.LOG_ODDS) {
      throw new IllegalArgumentException(
          "log-odds of a sampled sum of actions cannot be corrected: sample with weights");
    }
  }

  /** How long after its impression an action may count at most. */
  public Duration window() {
    return definition.window();
  }

  public JoinSettings withTimerBucket(Duration bucket) {
    return copy(bucket, warmUp, definition, labels, scoredShare, breaker);
  }

  public JoinSettings withWarmUp(Duration time) {
    return copy(timerBucket, time, definition, labels, scoredShare, breaker);
  }

  public JoinSettings withDefinition(LabelDefinition other) {
    return copy(timerBucket, warmUp, other, labels, scoredShare, breaker);
  }

  public JoinSettings withLabels(LabelSettings others) {
    return copy(timerBucket, warmUp, definition, others, scoredShare, breaker);
  }

  /** Returns a copy that scores this share of the impressions. */
  public JoinSettings withScoredShare(double share) {
    return copy(timerBucket, warmUp, definition, labels, share, breaker);
  }

  public JoinSettings withBreaker(BreakerSettings other) {
    return copy(timerBucket, warmUp, definition, labels, scoredShare, other);
  }

  private JoinSettings copy(
      Duration bucket,
      Duration warm,
      LabelDefinition label,
      LabelSettings emission,
      double share,
      BreakerSettings guard) {
    return new JoinSettings(
        outOfOrderness, idleness, bucket, warm, label, emission, share, guard, maxDrift);
  }

  private static boolean positive(Duration duration) {
    return !duration.isNegative() && !duration.isZero();
  }
}
