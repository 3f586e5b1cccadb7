package io.freshet.config;

import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What a single value has to be. All ranges include their ends.
 *
 * @param phrase completes "… is not"
 * @param parse the value of a text; nothing when it is not what is wanted
 * @param show a value as a configuration would have it: a number, a boolean or text
 */
record ValueParser<T>(
    String phrase, Function<String, Optional<T>> parse, Function<T, Object> show) {
  private static final Pattern WHOLE = Pattern.compile("[-+]?(0|[1-9][0-9]{0,17})");
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]+)?");

  /** Names of models, consumer groups and topics, as Kafka allows them. */
  private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,249}");

  private static final Pattern SERVERS = Pattern.compile("[^\\s,:/]+:[0-9]{1,5}");

  ValueParser(String phrase, Function<String, Optional<T>> parse) {
    this(phrase, parse, ValueText::of);
  }

  static ValueParser<Integer> wholeNumber(int from, int to) {
    return new ValueParser<>(
        "a whole number from " + from + " to " + to,
        text ->
            matching(WHOLE, text)
                .map(Long::parseLong)
                .filter(n -> from <= n && n <= to)
                .map(Long::intValue));
  }

  static ValueParser<Long> anyWholeNumber() {
    return new ValueParser<>(
        "a whole number of at most 18 digits", text -> matching(WHOLE, text).map(Long::parseLong));
  }

  static ValueParser<Float> number(double from, double to) {
    return new ValueParser<>(
        "a number from " + plain(from) + " to " + plain(to),
        text ->
            matching(NUMBER, text)
                .map(Double::parseDouble)
                .filter(x -> from <= x && x <= to)
                .map(Double::floatValue));
  }

  static ValueParser<Double> anyNumber() {
    return new ValueParser<>("a number", ValueParser::finite);
  }

  static ValueParser<Double> positiveNumber() {
    return new ValueParser<>("a number above 0", text -> finite(text).filter(x -> x > 0));
  }

  /** A number, or that there is no limit: not a number. */
  static ValueParser<Double> limit() {
    return new ValueParser<>(
        "a number above 0, or none",
        text -> text.equals("none") ? Optional.of(Double.NaN) : finite(text).filter(x -> x > 0),
        limit -> limit.isNaN() ? "none" : ValueText.of(limit));
  }

  /** What a number may be at most, or that there is no limit: infinity. */
  static ValueParser<Float> most() {
    return new ValueParser<>(
        "a number above 0, or none",
        text ->
            text.equals("none")
                ? Optional.of(Float.POSITIVE_INFINITY)
                : finite(text).map(Double::floatValue).filter(x -> x > 0 && Float.isFinite(x)),
        most -> most.isInfinite() ? "none" : ValueText.of(most));
  }

  /** A number of rows, or that there is no limit: the largest number. */
  static ValueParser<Long> rows() {
    return new ValueParser<>(
        "a whole number above 0, or none",
        text ->
            text.equals("none")
                ? Optional.of(Long.MAX_VALUE)
                : matching(WHOLE, text).map(Long::parseLong).filter(n -> n > 0),
        rows -> rows == Long.MAX_VALUE ? "none" : rows);
  }

  /** How long something is kept; no time for ever. */
  static ValueParser<Duration> expiry() {
    ValueParser<Duration> time = duration("1 s", "3660 d");
    return new ValueParser<>(
        "never, or " + time.phrase(),
        text -> text.equals("never") ? Optional.of(Duration.ZERO) : time.parse().apply(text),
        kept -> kept.isZero() ? "never" : time.show().apply(kept));
  }

  static ValueParser<Duration> duration(String from, String to) {
    return quantity(Quantity.DURATION, "a time", from, to, Duration::ofMillis);
  }

  static ValueParser<Integer> size(String from, String to) {
    return quantity(Quantity.SIZE, "a size", from, to, Math::toIntExact);
  }

  static ValueParser<String> text() {
    return new ValueParser<>(
        "text", text -> Optional.of(text).filter(Predicate.not(String::isBlank)));
  }

  /** A property of another system: anything, not even shown when something is wrong with it. */
  static ValueParser<String> verbatim() {
    return new ValueParser<>("a single value", Optional::of, value -> Secrets.VALUE);
  }

  static ValueParser<String> name() {
    return new ValueParser<>(
        "a name of 1 to 249 letters, digits, '.', '_' and '-'", text -> matching(NAME, text));
  }

  static ValueParser<String> servers() {
    return new ValueParser<>(
        "a list of servers such as kafka-1:9092,kafka-2:9092",
        text ->
            Optional.of(text)
                .filter(
                    t ->
                        Pattern.compile(",")
                            .splitAsStream(t)
                            .map(String::strip)
                            .allMatch(SERVERS.asMatchPredicate())));
  }

  /** Where files go: absolute, so that every process of the job means the same place. */
  static ValueParser<String> directory() {
    return new ValueParser<>(
        "a URI with a scheme and a whole path, such as file:///data/x or s3://bucket/x",
        text -> Optional.of(text).filter(ValueParser::isDirectory));
  }

  static <T> ValueParser<T> oneOf(Map<String, T> choices) {
    return new ValueParser<>(
        "one of: " + choices.keySet().stream().sorted().reduce((a, b) -> a + ", " + b).orElse(""),
        text -> Optional.ofNullable(choices.get(text)),
        value -> value instanceof Boolean ? value : nameOf(value, choices));
  }

  /** The choice that a value is, or else is a variant of, with other figures. */
  private static <T> String nameOf(T value, Map<String, T> choices) {
    return choices.keySet().stream()
        .filter(key -> choices.get(key).equals(value))
        .findFirst()
        .or(
            () ->
                choices.keySet().stream()
                    .filter(key -> choices.get(key).getClass() == value.getClass())
                    .findFirst())
        .orElseThrow(() -> new IllegalStateException("no name for " + value));
  }

  private static <T> ValueParser<T> quantity(
      Quantity quantity, String name, String from, String to, Function<Long, T> as) {
    long least = quantity.of(from);
    long most = quantity.of(to);
    return new ValueParser<>(
        name + " from " + from + " to " + to + " (number and unit: " + quantity.units() + ")",
        text -> quantity.parse(text).filter(n -> least <= n && n <= most).map(as),
        value -> quantity.text(value instanceof Duration d ? d.toMillis() : (Integer) value));
  }

  private static Optional<String> matching(Pattern pattern, String text) {
    return Optional.of(text).filter(pattern.asMatchPredicate());
  }

  private static Optional<Double> finite(String text) {
    return matching(NUMBER, text).map(Double::parseDouble).filter(Double::isFinite);
  }

  private static boolean isDirectory(String text) {
    try {
      URI uri = new URI(text);
      boolean whole = uri.getPath() != null && uri.getPath().startsWith("/");
      boolean local = "file".equals(uri.getScheme());
      return uri.getScheme() != null && (uri.getAuthority() == null ? whole : !local);
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static String plain(double x) {
    return BigDecimal.valueOf(x).stripTrailingZeros().toPlainString();
  }
}
