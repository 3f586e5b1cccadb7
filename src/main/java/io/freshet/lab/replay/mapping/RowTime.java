package io.freshet.lab.replay.mapping;

import static io.freshet.lab.replay.mapping.ReplayMapping.check;
import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * The time of a row: from a column, or a fixed step from row to row.
 *
 * @param format how the column is written
 */
public record RowTime(Optional<String> column, Format format, Optional<Span> step) {

  /** Formats of times; ISO times without an offset are UTC. */
  public enum Format {
    @JsonProperty("epoch-seconds")
    EPOCH_SECONDS("seconds since 1970, 1260759144"),
    @JsonProperty("epoch-millis")
    EPOCH_MILLIS("milliseconds since 1970, 1260759144000"),
    @JsonProperty("iso-8601")
    ISO_8601("ISO 8601, 2009-12-14T02:52:24Z");

    private final String right;

    Format(String right) {
      this.right = right;
    }
  }

  public RowTime {
    check(column.isPresent() != step.isPresent(), "time", "needs either a column or a step");
  }

  @JsonCreator
  static RowTime of(
      @JsonProperty("column") String column,
      @JsonProperty("format") Format format,
      @JsonProperty("step") Span step) {
    return new RowTime(
        Optional.ofNullable(column),
        requireNonNullElse(format, Format.EPOCH_SECONDS),
        Optional.ofNullable(step));
  }

  /** The time of the n-th good row, n from 0, epoch milliseconds. */
  long of(Row row, long n) throws BadRowException {
    return column.isPresent() ? parse(column.get(), row) : n * step.orElseThrow().millis();
  }

  private long parse(String name, Row row) throws BadRowException {
    String text = row.cell(name).orElse("").strip();
    try {
      return switch (format) {
        case EPOCH_SECONDS -> new BigDecimal(text).movePointRight(3).longValue();
        case EPOCH_MILLIS -> Long.parseLong(text);
        case ISO_8601 -> iso(text.replace(' ', 'T')).toEpochMilli();
      };
    } catch (NumberFormatException | DateTimeException e) {
      throw BadRowException.cell(name, text, "a time as " + format.right);
    }
  }

  private static Instant iso(String text) {
    boolean zoned = text.endsWith("Z") || text.matches(".*T.*[+-]\\d\\d:?\\d*");
    return zoned
        ? OffsetDateTime.parse(text).toInstant()
        : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
  }
}
