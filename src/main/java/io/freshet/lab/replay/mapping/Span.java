package io.freshet.lab.replay.mapping;

import static io.freshet.lab.replay.mapping.ReplayMapping.check;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A span of time in a mapping, such as {@code 500 ms} or {@code 1.5 h}. */
public record Span(long millis) {
  static final Span ZERO = new Span(0);

  private static final Map<String, Long> UNITS =
      Map.of("ms", 1L, "s", 1000L, "min", 60_000L, "h", 3_600_000L, "d", 86_400_000L);
  private static final Pattern WRITTEN = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(ms|s|min|h|d)");

  @JsonCreator
  public static Span of(String text) {
    Matcher matcher = WRITTEN.matcher(text.strip());
    check(matcher.matches(), "'" + text + "'", "is not a span of time such as 500 ms, 1 s or 2 h");
    return new Span(Math.round(Double.parseDouble(matcher.group(1)) * UNITS.get(matcher.group(2))));
  }

  /** Refuses a number without a unit. */
  @JsonCreator
  static Span of(long number) {
    return of(Long.toString(number));
  }
}
