package io.freshet.config.option;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whole numbers with a unit: {@code 30 min}, {@code 1 MB}. */
public enum Quantity {
  /** In milliseconds. */
  DURATION(
      List.of("ms", "s", "min", "h", "d"), List.of(1L, 1000L, 60_000L, 3_600_000L, 86_400_000L)),
  /** In bytes; a KB is 1024 of them. */
  SIZE(List.of("B", "KB", "MB", "GB"), List.of(1L, 1L << 10, 1L << 20, 1L << 30));

  private static final Pattern FORM = Pattern.compile("(0|[1-9][0-9]{0,17}) ?([A-Za-z]+)");

  /** Smallest first. */
  private final Map<String, Long> units = new LinkedHashMap<>();

  Quantity(List<String> names, List<Long> factors) {
    for (int i = 0; i < names.size(); i++) {
      units.put(names.get(i), factors.get(i));
    }
  }

  /** The amount in the smallest unit; nothing when the text is no such quantity. */
  Optional<Long> parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches() || !units.containsKey(form.group(2))) {
      return Optional.empty();
    }
    try {
      long number = Long.parseLong(form.group(1));
      return Optional.of(Math.multiplyExact(number, units.get(form.group(2))));
    } catch (ArithmeticException e) {
      return Optional.empty();
    }
  }

  /** An amount in the largest unit that it is whole in: {@code 90 s}, {@code 2 h}. */
  String text(long amount) {
    String text = "";
    for (Map.Entry<String, Long> unit : units.entrySet()) {
      if (text.isEmpty() || amount != 0 && amount % unit.getValue() == 0) {
        text = amount / unit.getValue() + " " + unit.getKey();
      }
    }
    return text;
  }

  /** A time such as {@code 30 min}; nothing where the text is none. */
  public static Optional<Duration> duration(String text) {
    return DURATION.parse(text).map(Duration::ofMillis);
  }

  /** A time in the largest unit that it is whole in. */
  public static String text(Duration duration) {
    return DURATION.text(duration.toMillis());
  }

  /** A constant of the code. */
  long of(String text) {
    return parse(text).orElseThrow(() -> new IllegalArgumentException(text));
  }

  /** The units, for a message. */
  String units() {
    return String.join(", ", units.keySet());
  }

  /** A regular expression that every such quantity matches, whatever its size. */
  String pattern() {
    return "^(0|[1-9][0-9]{0,17}) ?(" + String.join("|", units.keySet()) + ")$";
  }
}
