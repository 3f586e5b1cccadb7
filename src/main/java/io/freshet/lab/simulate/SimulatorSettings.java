package io.freshet.lab.simulate;

import static java.util.Objects.requireNonNull;

import io.freshet.join.JoinSettings;
import java.time.Duration;
import java.time.Instant;

/**
 * The simulated ad stream.
 *
 * @param seed equal settings and seeds give equal streams
 * @param perSecond impressions in a second of event time
 */
public record SimulatorSettings(
    long seed, Instant start, long impressions, double perSecond, Truth truth, Disorder disorder) {

  public SimulatorSettings {
    requireNonNull(start, "start");
    requireNonNull(truth, "truth");
    requireNonNull(disorder, "disorder");
    check(impressions >= 0, "impressions", impressions, "0 or more");
    check(perSecond > 0, "impressions per second", perSecond, "above 0");
  }

  /** The default stream, which ends now. */
  public static SimulatorSettings ending(Instant now, long impressions, long seed) {
    double perSecond = 4;
    Instant start = now.minusMillis((long) (impressions / perSecond * 1000));
    return new SimulatorSettings(
        seed, start, impressions, perSecond, Truth.DEFAULT, Disorder.DEFAULT);
  }

  /** About how many records the stream has in both topics. */
  public long expectedRecords() {
    double distinct = impressions * (1 + truth.clickRate());
    return Math.round(distinct * (1 + disorder.duplicates()) + impressions * disorder.malformed());
  }

  /**
   * The shape of the truth.
   *
   * @param users how many, more than 64
   * @param skew exponent of the Zipf law of users and of items
   * @param clickRate share of impressions clicked, on average
   * @param interaction deviation of the logit's part that only the pair of user and item decides
   * @param drift how far tastes turn in a day of event time; 1 is a full turn
   */
  public record Truth(
      int users, int items, double skew, double clickRate, double interaction, double drift) {
    public static final Truth DEFAULT = new Truth(800, 400, 0.8, 0.2, 0.9, 0.05);

    public Truth {
      check(users > UserPopulation.WINDOW, "users", users, "more than " + UserPopulation.WINDOW);
      check(items > 0, "items", items, "above 0");
      check(skew >= 0 && skew <= 1, "skew", skew, "in 0..1");
      check(clickRate > 0 && clickRate < 1, "click rate", clickRate, "between 0 and 1");
      check(interaction >= 0, "interaction", interaction, "0 or more");
    }
  }

  /**
   * What happens to records on their way.
   *
   * @param window the learner's join window: later clicks come too late
   * @param outOfOrder share of records that arrive after younger ones
   * @param outOfOrderness how far behind the newest an arriving record may be
   * @param malformed bad records, as a share of the impressions
   */
  public record Disorder(
      Duration clickDelay,
      Duration window,
      double lateClicks,
      double outOfOrder,
      Duration outOfOrderness,
      double duplicates,
      double malformed) {
    public static final Disorder DEFAULT =
        new Disorder(
            Duration.ofMinutes(1),
            JoinSettings.DEFAULT.window(),
            0.005,
            0.1,
            Duration.ofSeconds(10),
            0.01,
            0.001);

    public Disorder {
      check(!clickDelay.isNegative() && !clickDelay.isZero(), "click delay", clickDelay, "above 0");
      check(window.toMillis() > 1000, "window", window, "above 1 s");
      check(!outOfOrderness.isNegative(), "out-of-orderness", outOfOrderness, "0 or more");
      checkShare("late clicks", lateClicks);
      checkShare("out of order", outOfOrder);
      checkShare("duplicates", duplicates);
      checkShare("malformed", malformed);
    }

    public Disorder withWindow(Duration other) {
      return new Disorder(
          clickDelay, other, lateClicks, outOfOrder, outOfOrderness, duplicates, malformed);
    }
  }

  private static void checkShare(String what, double share) {
    check(share >= 0 && share < 1, what, share, "a share, from 0 to below 1");
  }

  private static void check(boolean good, String what, Object value, String right) {
    if (!good) {
      throw new IllegalArgumentException("%s: %s is not %s".formatted(what, value, right));
    }
  }
}
