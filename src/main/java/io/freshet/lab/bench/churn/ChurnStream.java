package io.freshet.lab.bench.churn;

import io.freshet.feature.Fids;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import java.io.Serializable;
import java.time.Duration;
import java.util.Random;
import java.util.SplittableRandom;
import org.apache.flink.api.common.functions.MapFunction;

/**
 * Examples of a site whose ids churn, each a function of its number: users and topics stay, items
 * appear and are shown for some days, and most cookies appear once or twice.
 *
 * <p>One in 20 of a day's new ids is an item. The age of an item when it is shown is exponential
 * with a mean of a day and a half. A cookie that is not new is that of an example half a day ago on
 * average. A click depends mostly on the item's appeal, then on the user's mood and liking of the
 * topic, and a little on the cookie.
 *
 * @param newIds a day
 * @param examples a day
 */
record ChurnStream(int newIds, int examples, long seed)
    implements MapFunction<Long, LabeledExample>, Serializable {
  static final String FEATURES =
      """
      features:
        - {name: user, kind: categorical}
        - {name: topic, kind: categorical}
        - {name: item, kind: categorical}
        - {name: cookie, kind: categorical}
      """;

  private static final Duration DAY = Duration.ofDays(1);
  private static final int USERS = 5000;
  private static final int TOPICS = 50;
  private static final int TASTES = 20;
  private static final double ITEM_SHARE = 1 / 20.0;
  private static final double ITEM_AGE = 1.5; // days
  private static final double COOKIE_AGE = 0.5; // days
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  ChurnStream {
    if (newIds < 20 || newIds > examples) {
      throw new IllegalArgumentException(
          "%s new ids a day, but from 20 to %s, one an example, can be made"
              .formatted(newIds, examples));
    }
  }

  @Override
  public LabeledExample map(Long number) {
    SplittableRandom random = random(number);
    long user = Math.min(USERS - 1, (long) (exponential(random) * USERS / 5));
    long topic = random.nextInt(TOPICS);
    long item = item(number, random);
    long cookie = cookie(number);
    long[] fids = {
      Fids.BIAS, fid(1, user), fid(2, topic), fid(3, item), fid(4, cookie),
    };
    double logit =
        -1
            + normal(3, item)
            + 0.6 * normal(1, user)
            + 0.6 * normal(5, user % TASTES * TOPICS + topic)
            + 0.2 * normal(4, cookie);
    float label = random.nextDouble() < 1 / (1 + Math.exp(-logit)) ? 1 : 0;
    Example example = new Example(fids[1], fids, new float[] {1, 1, 1, 1, 1});
    return new LabeledExample("e" + number, time(number), label, 1, example);
  }

  private long time(long number) {
    return (long) ((double) number / examples * DAY.toMillis());
  }

  /** Items are numbered as they appear; those before the first day are negative. */
  private long item(long number, SplittableRandom random) {
    double aDay = newIds * ITEM_SHARE;
    return (long)
        Math.floor((double) number / examples * aDay - ITEM_AGE * aDay * exponential(random));
  }

  /** A cookie has the number of the example that brought it. */
  private long cookie(long number) {
    double fresh = newIds * (1 - ITEM_SHARE) / examples;
    for (long at = number; ; ) {
      SplittableRandom random = random(~at);
      if (at <= 0 || random.nextDouble() < fresh) {
        return at;
      }
      at -= 1 + (long) (COOKIE_AGE * examples * exponential(random));
    }
  }

  private SplittableRandom random(long number) {
    return new SplittableRandom(seed * 31 + number * SPREAD);
  }

  private double normal(int what, long id) {
    return new Random(seed + what * 7919L + id * SPREAD).nextGaussian();
  }

  private static double exponential(SplittableRandom random) {
    return -Math.log(1 - random.nextDouble());
  }

  private static long fid(int field, long id) {
    return Fids.of(field, (id + (1L << 40)) * SPREAD);
  }
}
