package io.freshet.cli.config.init;

import io.freshet.event.mapping.TimestampUnit;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A column whose values are times, and in which unit. */
public record TimeColumn(Column column, TimestampUnit unit, Instant first) {
  private static final long FROM = Instant.parse("2000-01-01T00:00:00Z").toEpochMilli();
  private static final long TO = Instant.parse("2100-01-01T00:00:00Z").toEpochMilli();
  private static final String NAME = "(.*_)?(timestamp|ts|time|date|datetime|at|ms|millis)";

  /** Reads a column as times; nothing where they are none. */
  static Optional<TimeColumn> of(Column column) {
    if (column.isList() || column.isBoolean()) {
      return Optional.empty();
    }
    for (TimestampUnit unit : TimestampUnit.values()) {
      if (unit != TimestampUnit.KAFKA
          && column.values().stream().allMatch(value -> isTime(millis(value, unit)))) {
        Instant first = Instant.ofEpochMilli((long) millis(column.first(), unit));
        return Optional.of(new TimeColumn(column, unit, first));
      }
    }
    return Optional.empty();
  }

  /** The event's own time among those that all records have; nothing if none says so. */
  static Optional<TimeColumn> best(List<TimeColumn> times, int records) {
    return times.stream()
        .filter(time -> time.column.present() == records)
        .filter(time -> time.isNamedSo() || time.unit == TimestampUnit.ISO_8601)
        .min(Comparator.comparingInt(TimeColumn::rank));
  }

  boolean isNamedSo() {
    return column.words().matches(NAME);
  }

  private int rank() {
    String words = column.words();
    if (words.matches("(event_)?(timestamp|ts|time)")) {
      return 0;
    }
    return words.matches("(impression|shown|served|request|view|seen).*") ? 1 : 2;
  }

  private static boolean isTime(double millis) {
    return millis >= FROM && millis < TO;
  }

  private static double millis(Object value, TimestampUnit unit) {
    if (unit != TimestampUnit.ISO_8601) {
      double number = Column.number(value);
      return unit == TimestampUnit.S ? number * 1000 : number / unit.perMilli();
    }
    try {
      return OffsetDateTime.parse(value.toString()).toInstant().toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      return Double.NaN;
    }
  }
}
