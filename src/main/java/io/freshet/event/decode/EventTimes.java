package io.freshet.event.decode;

import static io.freshet.event.Rejection.Kind.BAD_TIMESTAMP;
import static io.freshet.event.Rejection.Kind.WRONG_TYPE;

import com.fasterxml.jackson.core.JsonToken;
import io.freshet.event.RejectedException;
import io.freshet.event.mapping.EventMapping;
import io.freshet.event.mapping.TimestampUnit;
import io.freshet.event.parse.FieldErrors;
import io.freshet.event.parse.NumberText;
import io.freshet.event.parse.Tokens;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;

/** Event times of one topic, in epoch milliseconds, from what its records say. */
final class EventTimes {
  private static final long YEAR_2000 = Instant.parse("2000-01-01T00:00:00Z").toEpochMilli();

  private final boolean isMapped;
  private final String path;
  private final TimestampUnit unit;

  EventTimes(EventMapping mapping) {
    isMapped = mapping.isGiven();
    path = mapping.timestamp().text();
    unit = mapping.unit();
  }

  long ofKafka(long timestamp) throws RejectedException {
    if (timestamp < YEAR_2000) {
      throw new RejectedException(
          BAD_TIMESTAMP,
          "the Kafka record's timestamp is %s; expected one from the year 2000 on, as it is the event time"
              .formatted(timestamp));
    }
    return timestamp;
  }

  /** The current value as a time. */
  long read(Tokens record) throws IOException, RejectedException {
    boolean isText = unit == TimestampUnit.ISO_8601 && record.logicalType().isEmpty();
    long read = isText ? ofText(record) : ofNumber(record);
    if (read < YEAR_2000) {
      throw bad(
          record,
          unit == TimestampUnit.MS
              ? "%s is %s; expected epoch milliseconds from the year 2000 on"
                  .formatted(read, Instant.ofEpochMilli(read))
              : "is %s; expected %s, from the year 2000 on"
                  .formatted(Instant.ofEpochMilli(read), unit.right()));
    }
    return read;
  }

  private long ofText(Tokens record) throws IOException, RejectedException {
    if (record.currentToken() != JsonToken.VALUE_STRING) {
      throw FieldErrors.wrongType(path, record, unit.right());
    }
    String text = record.getText();
    try {
      return OffsetDateTime.parse(text).toInstant().toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      throw bad(record, "is no time; expected " + unit.right());
    }
  }

  private long ofNumber(Tokens record) throws IOException, RejectedException {
    TimestampUnit of = unitOf(record);
    if (record.currentToken() == JsonToken.VALUE_NUMBER_INT
        && Math.abs(record.getDoubleValue()) < 0x1p63) {
      return millis(record.getLongValue(), of, record);
    }
    double number = number(record);
    if (of == TimestampUnit.S) {
      number *= 1000;
      of = TimestampUnit.MS;
      number = Math.rint(number);
    }
    if (number != Math.rint(number)) { // true of a fraction and of NaN
      throw FieldErrors.wrongType(path, record, unit.right());
    }
    if (Math.abs(number) >= 0x1p63) {
      throw bad(record, "is no time; expected " + unit.right());
    }
    return millis((long) number, of, record);
  }

  private double number(Tokens record) throws IOException, RejectedException {
    if (record.currentToken().isNumeric()) {
      return record.getDoubleValue();
    }
    return isMapped && record.currentToken() == JsonToken.VALUE_STRING
        ? NumberText.parse(record.getText())
        : Double.NaN;
  }

  private long millis(long number, TimestampUnit of, Tokens record) throws RejectedException {
    if (of != TimestampUnit.S) {
      return Math.floorDiv(number, of.perMilli());
    }
    if (Math.abs(number) > Long.MAX_VALUE / 1000) {
      throw bad(record, "is no time; expected " + unit.right());
    }
    return number * 1000;
  }

  /** The unit that the value's schema says, or else the topic's. */
  private TimestampUnit unitOf(Tokens record) throws RejectedException {
    String logical = record.logicalType();
    return switch (logical) {
      case "" -> unit;
      case "timestamp-millis" -> TimestampUnit.MS;
      case "timestamp-micros" -> TimestampUnit.US;
      case "timestamp-nanos" -> TimestampUnit.NS;
      default ->
          throw new RejectedException(
              WRONG_TYPE,
              "%s is a %s, which is no point in time; expected timestamp-millis, -micros or -nanos, or a long in milliseconds"
                  .formatted(path, logical));
    };
  }

  RejectedException bad(Tokens record, String fault) {
    return FieldErrors.rejected(BAD_TIMESTAMP, path, record, fault);
  }
}
