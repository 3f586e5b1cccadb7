package io.freshet.join.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.LogLines;
import io.freshet.join.BreakerSettings;
import io.freshet.join.BreakerSettings.Action;
import io.freshet.join.breaker.Breaker.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Traffic of five impressions a second, of which a fifth is clicked after a minute on average; an
 * attribution window of 10 minutes; buckets of a minute; a patience of 5 minutes and a longest hold
 * of an hour. Times are minutes from the start.
 */
final class BreakerTest {
  private static final long MINUTE = 60_000;
  private static final long NEVER = Long.MAX_VALUE;
  private static final BreakerSettings SETTINGS =
      new BreakerSettings(
          true,
          Duration.ofMinutes(1),
          Duration.ofHours(1),
          0.5,
          4,
          Duration.ofMinutes(1),
          Duration.ofMinutes(5),
          Duration.ofHours(1),
          Action.DEAD_LETTERS);

  @Test
  void usageExample() {
    Run run = new Run(SETTINGS, 7);
    run.clicks(clicked -> isIn(clicked, 60, 70) ? 70 * MINUTE : clicked); // all come at 70

    assertThat(run.limitAt(60)).isGreaterThanOrEqualTo(60 * MINUTE - 1);
    assertThat(run.limitAt(65)).isBetween(60 * MINUTE - 1, 62 * MINUTE);
    assertThat(run.limitAt(72)).isGreaterThanOrEqualTo(72 * MINUTE - 1);
  }

  @Test
  void aHoldThatLastsIsReportedAgainAndSaysWhatCameMeanwhile() {
    Run run = new Run(SETTINGS, 7);
    run.clicks(clicked -> isIn(clicked, 60, 70) ? NEVER : clicked);
    try (LogLines log = LogLines.of(Breaker.class)) {
      run.limitAt(73);

      assertThat(log.lines()).hasSize(5);
      assertThat(log.lines().get(0)).startsWith("WARN Clicks are missing: ");
      assertThat(log.lines().subList(1, 5))
          .allSatisfy(line -> assertThat(line).contains("of late, 0 came up to", "as usual again"));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void ordinaryTrafficNeverOpensIt(long seed) {
    Run run = new Run(SETTINGS, seed);
    run.traffic(minute -> 1 + 0.9 * Math.sin(minute / 60));

    assertThat(run.limitAt(24 * 60)).isGreaterThanOrEqualTo(24 * 60 * MINUTE - 1);
    assertThat(run.breaker.opened()).isZero();
  }

  @Test
  void burstOfTrafficIsNoLackOfClicksThoughTheyComeLater() {
    Run run = new Run(SETTINGS, 3);
    run.traffic(minute -> minute >= 60 && minute < 63 ? 20 : 1);

    run.limitAt(120);

    assertThat(run.breaker.opened()).isZero();
  }

  /** Of the few impressions in it, a click more or less is a large share. */
  @ParameterizedTest
  @ValueSource(longs = {300, 600, 1000, 3000})
  void aStreamThatBeginsShortlyBeforeTheEndOfABucketHasAllItsClicks(long before) {
    for (long seed = 0; seed < 100; seed++) {
      Breaker breaker = new Breaker(SETTINGS, Duration.ofSeconds(24));
      Random random = new Random(seed);
      for (long shown = MINUTE - before; shown < 20 * MINUTE; shown += 200) {
        breaker.impression(shown);
        long clicked = shown + (long) (-6_000 * Math.log(1 - random.nextDouble()));
        if (random.nextDouble() < 0.2 && clicked <= shown + 24_000) {
          breaker.click(shown, clicked);
        }
      }
      breaker.limit(19 * MINUTE, 0, false);

      assertThat(breaker.opened()).as("seed %d", seed).isZero();
    }
  }

  @Test
  void startOfTheStreamIsNoLackOfClicks() {
    Run run = new Run(SETTINGS, 4);

    run.limitAt(15);

    assertThat(run.breaker.opened()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13})
  void lostClicksAreGivenUpWhenThePatienceIsOver(long seed) {
    Run run = new Run(SETTINGS, seed);
    run.clicks(clicked -> isIn(clicked, 60, 70) ? NEVER : clicked);

    assertThat(run.limitAt(74)).isLessThan(63 * MINUTE);
    assertThat(run.breaker.status()).isEqualTo(Status.STALLED);
    assertThat(run.limitAt(78)).isGreaterThanOrEqualTo(78 * MINUTE - 1);
    assertThat(run.breaker.status()).isEqualTo(Status.CLOSED);
    assertThat(run.breaker.exclusions().has(65 * MINUTE)).isTrue();
    assertThat(run.breaker.exclusions().has(55 * MINUTE)).isFalse();
    assertThat(run.breaker.exclusions().share(50 * MINUTE)).isLessThan(0.01);
    assertThat(run.breaker.exclusions().share(65 * MINUTE))
        .isBetween(0.18, 0.22); // as many as click
    assertThat(run.breaker.exclusions().has(72 * MINUTE)).isFalse();
    run.limitAt(240);
    assertThat(run.breaker.opened()).isEqualTo(1);
  }

  @Test
  void lostClicksCanBeLearnedAsTheyAre() {
    Run run = new Run(SETTINGS.with(Action.LEARN), 5);
    run.clicks(clicked -> isIn(clicked, 60, 70) ? NEVER : clicked);

    assertThat(run.limitAt(78)).isGreaterThanOrEqualTo(78 * MINUTE - 1);
    assertThat(run.breaker.exclusions().has(65 * MINUTE)).isFalse();
  }

  @Test
  void lostClicksCanBeHeldForEver() {
    Run run = new Run(SETTINGS.with(Action.HOLD), 5);
    run.clicks(clicked -> isIn(clicked, 60, 70) ? NEVER : clicked);

    assertThat(run.limitAt(300)).isLessThan(63 * MINUTE);
  }

  @Test
  void holdEndsAfterItsLongestTimeAndImpressionsAreLostUntilClicksAreBack() {
    Run run = new Run(SETTINGS, 6);
    run.clicks(clicked -> isIn(clicked, 60, 200) ? NEVER : clicked);

    assertThat(run.limitAt(119)).isLessThan(63 * MINUTE);
    assertThat(run.limitAt(130)).isGreaterThanOrEqualTo(130 * MINUTE - 1);
    assertThat(run.breaker.status()).isEqualTo(Status.GIVEN_UP);
    assertThat(run.breaker.exclusions().has(150 * MINUTE)).isTrue();
    assertThat(run.limitAt(210)).isGreaterThanOrEqualTo(210 * MINUTE - 1);
    assertThat(run.breaker.status()).isEqualTo(Status.CLOSED);
    assertThat(run.breaker.exclusions().has(205 * MINUTE)).isFalse();
    run.limitAt(400);
    assertThat(run.breaker.opened()).isEqualTo(1);
  }

  @Test
  void newRateIsBelievedAfterTheLongestHold() {
    Run run = new Run(SETTINGS, 6);
    run.clicks(clicked -> clicked >= 60 * MINUTE && clicked % 5 != 0 ? NEVER : clicked);

    assertThat(run.limitAt(119)).isLessThan(63 * MINUTE);
    assertThat(run.limitAt(400)).isGreaterThanOrEqualTo(400 * MINUTE - 1);
    assertThat(run.breaker.status()).isEqualTo(Status.CLOSED);
    assertThat(run.breaker.opened()).isEqualTo(1);
  }

  @Test
  void floodStopsTimeToo() {
    Run run = new Run(SETTINGS, 8);
    run.flood(60, 70, 10);

    assertThat(run.limitAt(65)).isLessThan(62 * MINUTE);
    assertThat(run.breaker.status()).isEqualTo(Status.FLOODED);
    assertThat(run.limitAt(80)).isGreaterThanOrEqualTo(80 * MINUTE - 1);
    assertThat(run.breaker.exclusions().has(65 * MINUTE)).isTrue();
    assertThat(run.breaker.exclusions().has(75 * MINUTE))
        .as("its negatives, a window later")
        .isTrue();
    assertThat(run.breaker.exclusions().has(55 * MINUTE)).isFalse();
    assertThat(run.breaker.exclusions().has(85 * MINUTE)).isFalse();
    assertThat(run.breaker.exclusions().share(65 * MINUTE)).isZero();
  }

  @Test
  void topicThatIsGoneIsGivenUpAtOnce() {
    Run run = new Run(SETTINGS, 9);
    run.clicks(clicked -> clicked >= 60 * MINUTE ? NEVER : clicked);
    assertThat(run.limitAt(64)).isLessThan(63 * MINUTE);

    assertThat(run.breaker.limit(65 * MINUTE, 60 * MINUTE, true))
        .isGreaterThanOrEqualTo(65 * MINUTE - 1);
    assertThat(run.breaker.status()).isEqualTo(Status.GIVEN_UP);
  }

  @Test
  void endOfTheStreamHoldsNothingBack() {
    Run run = new Run(SETTINGS.with(Action.HOLD), 10);
    run.clicks(clicked -> clicked >= 60 * MINUTE ? NEVER : clicked);
    run.limitAt(64);

    assertThat(run.breaker.limit(Long.MAX_VALUE, 60 * MINUTE, false)).isEqualTo(Long.MAX_VALUE);
    assertThat(run.breaker.exclusions().has(62 * MINUTE)).isTrue();
  }

  @Test
  void goesOnFromWhatItKnewAsIfNothingHadHappened() {
    Run run = new Run(SETTINGS, 11);
    run.clicks(clicked -> isIn(clicked, 60, 70) ? NEVER : clicked);
    for (long minute = 30; minute < 100; minute += 7) {
      run.limitAt(minute);
      Breaker restored = new Breaker(SETTINGS, Duration.ofMinutes(10));
      restored.goOnFrom(List.of(run.breaker.toArray()), 1);

      assertThat(restored.toArray()).isEqualTo(run.breaker.toArray());
      run.breaker = restored;
    }
    assertThat(run.limitAt(100)).isGreaterThanOrEqualTo(100 * MINUTE - 1);
  }

  @Test
  void rescaledOnesHoldWhatWasHeldAndGoOnTogether() {
    Run run = new Run(SETTINGS, 12);
    run.clicks(clicked -> isIn(clicked, 60, 70) ? 70 * MINUTE : clicked);
    run.limitAt(65);

    Breaker half = new Breaker(SETTINGS, Duration.ofMinutes(10));
    half.goOnFrom(List.of(run.breaker.toArray()), 0.5);
    assertThat(half.isHolding()).isTrue();

    Breaker whole = new Breaker(SETTINGS, Duration.ofMinutes(10));
    whole.goOnFrom(List.of(half.toArray(), half.toArray()), 1);
    run.breaker = whole;
    assertThat(run.limitAt(72)).isGreaterThanOrEqualTo(72 * MINUTE - 1);
  }

  @Test
  void oneThatIsSwitchedOffLetsTimePass() {
    Run run = new Run(SETTINGS.disabled(), 5);
    run.clicks(clicked -> clicked >= 60 * MINUTE ? NEVER : clicked);

    assertThat(run.limitAt(120)).isGreaterThanOrEqualTo(120 * MINUTE - 1);
  }

  private static boolean isIn(long time, long from, long to) {
    return time >= from * MINUTE && time < to * MINUTE;
  }

  /** A breaker and the traffic that it sees, told minute by minute. */
  private static final class Run {
    private record Event(long arrives, long shown, long clicked) {}

    Breaker breaker;
    private final Random random;
    private DoubleUnaryOperator traffic = minute -> 1;
    private LongUnaryOperator arrival = clicked -> clicked;
    private long floodFrom = NEVER;
    private long floodTo = NEVER;
    private int times = 1;
    private List<Event> events; // in the order of their arrival, those told removed
    private int emitted;
    private long minute = -1;

    Run(BreakerSettings settings, long seed) {
      breaker = new Breaker(settings, Duration.ofMinutes(10));
      random = new Random(seed);
    }

    void traffic(DoubleUnaryOperator byMinute) {
      traffic = byMinute;
    }

    void clicks(LongUnaryOperator arrivals) {
      arrival = arrivals;
    }

    void flood(long from, long to, int factor) {
      floodFrom = from;
      floodTo = to;
      times = factor;
    }

    /** Lets time come to a minute, and says how far the breaker lets it pass. */
    long limitAt(long until) {
      if (events == null) {
        events = events();
      }
      long limit = Long.MIN_VALUE;
      for (long at = minute + 1; at <= until; at++) {
        while (emitted < events.size() && events.get(emitted).arrives() <= at * MINUTE) {
          tell(events.get(emitted++));
        }
        limit = breaker.limit(at * MINUTE, (at - 11) * MINUTE, false);
      }
      minute = until;
      return limit;
    }

    private void tell(Event event) {
      if (event.clicked() == NEVER) {
        breaker.impression(event.shown());
      } else {
        breaker.click(event.shown(), event.clicked());
      }
    }

    private List<Event> events() {
      List<Event> all = new ArrayList<>();
      for (long at = 0; at < 24 * 60; at++) {
        long count = Math.round(300 * traffic.applyAsDouble(at));
        for (long i = 0; i < count; i++) {
          long shown = at * MINUTE + random.nextLong(MINUTE);
          all.add(new Event(shown, shown, NEVER));
          boolean flooded = isIn(shown, floodFrom, floodTo);
          if (random.nextDouble() < 0.2 || flooded && random.nextInt(10) < times) {
            long clicked = shown + (long) (-MINUTE * Math.log(1 - random.nextDouble()));
            long arrives = arrival.applyAsLong(clicked);
            if (arrives != NEVER && clicked <= shown + 10 * MINUTE) {
              all.add(new Event(arrives, shown, clicked));
            }
          }
        }
      }
      all.sort(Comparator.comparingLong(Event::arrives));
      return all;
    }
  }
}
