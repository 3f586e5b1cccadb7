package io.freshet.config;

import java.time.Duration;
import java.util.Optional;

/** Times as a configuration has them: {@code 30 min}, {@code 2 h}. */
public final class DurationText {
  private DurationText() {}

  /** The time; nothing where the text is none. */
  public static Optional<Duration> parse(String text) {
    return Quantity.DURATION.parse(text).map(Duration::ofMillis);
  }

  /** The text, in the largest unit that it is whole in. */
  public static String of(Duration duration) {
    return Quantity.DURATION.text(duration.toMillis());
  }
}
