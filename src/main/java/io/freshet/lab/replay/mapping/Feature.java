package io.freshet.lab.replay.mapping;

import static io.freshet.lab.replay.mapping.ReplayMapping.check;
import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A feature of an impression: from a column, from a template, or from the row's time. An empty
 * cell, or one that does not match, leaves the feature out.
 *
 * @param column its name, in which {@code {other}} is replaced by the cell of that column
 * @param text a template in which {@code {column}} is replaced by the cell
 * @param time a part of the row's time, UTC
 * @param separator between the elements of a list
 * @param pattern regular expression whose first group, or whole match, is the value
 */
public record Feature(
    Optional<String> column,
    Optional<String> text,
    Optional<Part> time,
    Kind kind,
    String separator,
    Optional<Pattern> pattern) {

  public enum Kind {
    STRING,
    NUMBER,
    LIST
  }

  /** The hour, 0 to 23, and the day, as {@code monday}. */
  public enum Part {
    HOUR,
    WEEKDAY
  }

  public Feature {
    long sources = Stream.of(column, text, time).filter(Optional::isPresent).count();
    check(sources == 1, "a feature", "needs one of column, text and time");
    check(!separator.isEmpty(), "separator", "is empty");
  }

  /** The short form: the string in a column. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static Feature of(String column) {
    return of(column, null, null, null, null, null);
  }

  @JsonCreator(mode = JsonCreator.Mode.PROPERTIES)
  static Feature of(
      @JsonProperty("column") String column,
      @JsonProperty("text") String text,
      @JsonProperty("time") Part time,
      @JsonProperty("kind") Kind kind,
      @JsonProperty("separator") String separator,
      @JsonProperty("pattern") Pattern pattern) {
    return new Feature(
        Optional.ofNullable(column),
        Optional.ofNullable(text),
        Optional.ofNullable(time),
        requireNonNullElse(kind, Kind.STRING),
        requireNonNullElse(separator, "|"),
        Optional.ofNullable(pattern));
  }

  /** The columns that it reads, as far as the mapping names them. */
  List<String> columns() {
    Stream<String> inside = Row.columns(column.orElse("") + text.orElse(""));
    Stream<String> named = column.filter(name -> name.indexOf('{') < 0).stream();
    return Stream.concat(named, inside).toList();
  }

  /** The value: a string, a double or a list of strings; empty where the row has none. */
  Optional<Object> value(Row row, long millis) throws BadRowException {
    Optional<String> raw = raw(row, millis).flatMap(this::match);
    if (raw.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        switch (kind) {
          case STRING -> raw.get();
          case NUMBER -> Row.number(column.orElse(""), raw.get());
          case LIST -> List.of(raw.get().split(Pattern.quote(separator)));
        });
  }

  private Optional<String> raw(Row row, long millis) {
    return column
        .map(row::cell)
        .or(() -> text.map(template -> Optional.of(row.fill(template))))
        .orElseGet(() -> Optional.of(part(millis)));
  }

  private String part(long millis) {
    ZonedDateTime at = Instant.ofEpochMilli(millis).atZone(ZoneOffset.UTC);
    return switch (time.orElseThrow()) {
      case HOUR -> Integer.toString(at.getHour());
      case WEEKDAY -> at.getDayOfWeek().name().toLowerCase(Locale.ROOT);
    };
  }

  private Optional<String> match(String value) {
    if (pattern.isEmpty()) {
      return Optional.of(value);
    }
    Matcher matcher = pattern.get().matcher(value);
    return matcher.find()
        ? Optional.ofNullable(matcher.group(Math.min(1, matcher.groupCount())))
        : Optional.empty();
  }
}
