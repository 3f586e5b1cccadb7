package io.freshet.lab.report.plot;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The marks and formats of times along an axis. */
public enum TimeAxis {
  /** Epoch milliseconds, marked at round times of UTC. */
  EVENT {
    @Override
    List<Tick> ticks(long from, long to, int most) {
      long days = Duration.ofMillis(to - from).toDays();
      return days <= most / 2 ? clock(from, to, most, HOURS_OF_DAY) : calendar(from, to, most);
    }

    @Override
    String label(long from, long to) {
      String first = DAY.format(utc(from));
      String last = DAY.format(utc(to));
      return "event time, UTC, " + (first.equals(last) ? first : first + " – " + last);
    }

    @Override
    public String write(long time) {
      return MOMENT.format(utc(time));
    }

    @Override
    String mark(long time, long step) {
      if (step >= DAY_MILLIS || Math.floorMod(time, DAY_MILLIS) == 0) {
        return DAY_MONTH.format(utc(time));
      }
      return (step < 60_000 ? SECOND : MINUTE).format(utc(time));
    }
  },

  /** Milliseconds since the run began. */
  ELAPSED {
    @Override
    List<Tick> ticks(long from, long to, int most) {
      return clock(from, to, most, ANY_HOURS);
    }

    @Override
    String label(long from, long to) {
      return "time since start";
    }

    @Override
    public String write(long time) {
      return Numbers.duration(Duration.ofMillis(time));
    }

    @Override
    String mark(long time, long step) {
      return time == 0 ? "0" : write(time);
    }
  };

  private static final long DAY_MILLIS = 86_400_000;
  private static final long HOUR_MILLIS = 3_600_000;
  private static final long[] SECONDS = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800};
  private static final long[] HOURS_OF_DAY = {1, 2, 3, 6, 12, 24};
  private static final long[] ANY_HOURS = {1, 2, 5, 10, 24, 48, 120, 240, 480, 1200, 2400, 4800};
  private static final int[] DAYS = {1, 2, 7, 14};
  private static final int[] MONTHS = {1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 6000, 12000};

  private static final DateTimeFormatter SECOND = format("HH:mm:ss");
  private static final DateTimeFormatter MINUTE = format("HH:mm");
  private static final DateTimeFormatter DAY_MONTH = format("d MMM");
  private static final DateTimeFormatter DAY = format("d MMM yyyy");
  private static final DateTimeFormatter MONTH = format("MMM yyyy");
  private static final DateTimeFormatter YEAR = format("yyyy");
  private static final DateTimeFormatter MOMENT = format("yyyy-MM-dd HH:mm:ss");

  /** Round times from {@code from} to {@code to}, at most so many. */
  abstract List<Tick> ticks(long from, long to, int most);

  abstract String label(long from, long to);

  public abstract String write(long time);

  /** A time at a tick, by the distance of ticks. */
  abstract String mark(long time, long step);

  List<Tick> clock(long from, long to, int most, long[] hours) {
    for (long seconds : SECONDS) {
      if ((to - from) / (seconds * 1000) < most) {
        return every(seconds * 1000, from, to);
      }
    }
    for (long step : hours) {
      if ((to - from) / (step * HOUR_MILLIS) < most) {
        return every(step * HOUR_MILLIS, from, to);
      }
    }
    return every(to - from, from, to);
  }

  private List<Tick> every(long step, long from, long to) {
    List<Tick> ticks = new ArrayList<>();
    for (long t = Math.floorDiv(from + step - 1, step) * step; t <= to; t += step) {
      ticks.add(new Tick(t, mark(t, step)));
    }
    return ticks;
  }

  private static List<Tick> calendar(long from, long to, int most) {
    LocalDate first = utc(from - 1).toLocalDate().plusDays(1);
    LocalDate last = utc(to).toLocalDate();
    for (int step : DAYS) {
      if ((last.toEpochDay() - first.toEpochDay()) / step < most) {
        return days(first, last, step);
      }
    }
    long months = last.toEpochDay() / 30 - first.toEpochDay() / 30;
    for (int step : MONTHS) {
      if (months / step < most) {
        return months(first, last, step);
      }
    }
    return List.of();
  }

  private static List<Tick> days(LocalDate first, LocalDate last, int step) {
    List<Tick> ticks = new ArrayList<>();
    for (LocalDate day = first; !day.isAfter(last); day = day.plusDays(1)) {
      if (Math.floorMod(day.toEpochDay() + 3, step) == 0) { // weeks start on Mondays
        ticks.add(tick(day, DAY_MONTH));
      }
    }
    return ticks;
  }

  private static List<Tick> months(LocalDate first, LocalDate last, int step) {
    List<Tick> ticks = new ArrayList<>();
    LocalDate month = first.withDayOfMonth(1);
    for (; !month.isAfter(last); month = month.plusMonths(1)) {
      int number = month.getYear() * 12 + month.getMonthValue() - 1;
      if (number % step == 0 && !month.isBefore(first)) {
        ticks.add(tick(month, step < 12 ? MONTH : YEAR));
      }
    }
    return ticks;
  }

  private static Tick tick(LocalDate day, DateTimeFormatter format) {
    return new Tick(day.toEpochDay() * (double) DAY_MILLIS, format.format(day));
  }

  private static LocalDateTime utc(long time) {
    return LocalDateTime.ofInstant(Instant.ofEpochMilli(time), ZoneOffset.UTC);
  }

  private static DateTimeFormatter format(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH);
  }
}
