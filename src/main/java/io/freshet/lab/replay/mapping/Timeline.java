package io.freshet.lab.replay.mapping;

import static io.freshet.lab.replay.mapping.ReplayMapping.check;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/**
 * How the times of rows become event times: kept, or moved so that the first or the last row falls
 * on an instant, then compressed from there.
 *
 * @param first instant of the earliest row, or {@code now}
 * @param last instant of the latest row, or {@code now}
 * @param compress how many times faster event time runs
 * @param duration event time from the earliest row to the latest
 */
public record Timeline(
    Optional<String> first,
    Optional<String> last,
    Optional<Double> compress,
    Optional<Span> duration) {
  static final Timeline KEEP =
      new Timeline(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  public Timeline {
    check(first.isEmpty() || last.isEmpty(), "timeline", "has first and last; expected one");
    check(
        compress.isEmpty() || duration.isEmpty(),
        "timeline",
        "has compress and duration; expected one");
    check(compress.orElse(1.0) > 0, "compress", "is not above 0");
    first.ifPresent(text -> instant(text, Instant.EPOCH));
    last.ifPresent(text -> instant(text, Instant.EPOCH));
  }

  @JsonCreator
  static Timeline of(
      @JsonProperty("first") String first,
      @JsonProperty("last") String last,
      @JsonProperty("compress") Double compress,
      @JsonProperty("duration") Span duration) {
    return new Timeline(
        Optional.ofNullable(first),
        Optional.ofNullable(last),
        Optional.ofNullable(compress),
        Optional.ofNullable(duration));
  }

  /** Whether event times are the rows' own, except for compression. */
  boolean keeps() {
    return first.isEmpty() && last.isEmpty();
  }

  /** The shift of rows between these times, epoch milliseconds. */
  public Shift over(long earliest, long latest, Instant now) {
    double factor =
        duration
            .map(span -> Math.max(1, latest - earliest) / (double) Math.max(1, span.millis()))
            .or(() -> compress)
            .orElse(1.0);
    long start =
        first
            .map(text -> instant(text, now))
            .or(() -> last.map(text -> instant(text, now) - shrunk(latest - earliest, factor)))
            .orElse(earliest);
    return new Shift(earliest, start, factor);
  }

  private static long instant(String text, Instant now) {
    if (text.equals("now")) {
      return now.toEpochMilli();
    }
    try {
      return OffsetDateTime.parse(text).toInstant().toEpochMilli();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "timeline: '" + text + "' is not an instant such as 2004-01-01T00:00:00Z, or now", e);
    }
  }

  private static long shrunk(long span, double factor) {
    return factor == 1 ? span : Math.round(span / factor);
  }

  /** Moves and compresses times. */
  public record Shift(long earliest, long start, double factor) {
    public long of(long time) {
      return start + shrunk(time - earliest, factor);
    }
  }
}
