package io.freshet.lab.report.plot;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class TimeAxisTest {

  @Test
  void minutesAreMarkedByTheClock() {
    assertThat(labels("2026-11-22T09:00:00Z", "2026-11-22T09:03:00Z", 9))
        .startsWith("09:00:00", "09:00:30")
        .endsWith("09:03:00");
    assertThat(labels("2026-11-22T09:10:00Z", "2026-11-22T14:50:00Z", 9))
        .containsExactly("10:00", "11:00", "12:00", "13:00", "14:00");
  }

  @Test
  void midnightShowsItsDay() {
    assertThat(labels("2026-11-22T20:00:00Z", "2026-11-23T04:00:00Z", 5))
        .containsExactly("20:00", "22:00", "23 Nov", "02:00", "04:00");
  }

  @Test
  void weeksStartOnMondays() {
    assertThat(labels("2026-11-22T00:00:00Z", "2026-12-13T00:00:00Z", 5))
        .containsExactly("23 Nov", "30 Nov", "7 Dec");
  }

  @Test
  void monthsAndYearsAreWhole() {
    assertThat(labels("2026-01-15T00:00:00Z", "2026-12-13T00:00:00Z", 5))
        .containsExactly("Apr 2026", "Jul 2026", "Oct 2026");
    assertThat(labels("1996-03-29T00:00:00Z", "2018-09-24T00:00:00Z", 9))
        .containsExactly("2000", "2005", "2010", "2015");
  }

  @Test
  void thereAreNeverMoreTicksThanFit() {
    for (long seed = 1; seed <= 2000; seed++) {
      Random random = new Random(seed);
      long from = (long) (random.nextDouble() * 2e12);
      long to = from + (long) Math.pow(10, 3 + 9.5 * random.nextDouble());
      int most = random.nextBoolean() ? 5 : 9;

      for (TimeAxis axis : TimeAxis.values()) {
        List<Tick> ticks = axis.ticks(from, to, most);

        String given = "seed " + seed + " " + axis + " " + Duration.ofMillis(to - from);
        assertThat(ticks).as(given).hasSizeBetween(1, most);
        assertThat(ticks).as(given).allMatch(tick -> tick.value() >= from && tick.value() <= to);
      }
    }
  }

  @Test
  void numbersAreRound() {
    assertThat(labels(Tick.numbers(0.397, 0.612, 6)))
        .containsExactly("0.35", "0.40", "0.45", "0.50", "0.55", "0.60", "0.65");
    assertThat(labels(Tick.numbers(0, 16_210, 6)))
        .containsExactly("0", "5,000", "10,000", "15,000", "20,000");
    assertThat(labels(Tick.numbers(-0.5, 1, 4))).containsExactly("−0.5", "0.0", "0.5", "1.0");
  }

  private static List<String> labels(String from, String to, int most) {
    long first = Instant.parse(from).toEpochMilli();
    return labels(TimeAxis.EVENT.ticks(first, Instant.parse(to).toEpochMilli(), most));
  }

  private static List<String> labels(List<Tick> ticks) {
    return ticks.stream().map(Tick::label).toList();
  }
}
