package io.freshet.config.option;

import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What a single value has to be. All ranges include their ends.
 *
 * @param phrase completes "expected …"
 * @param schema the same as a JSON Schema, as far as one can say it
 * @param parse the value of a text; nothing when it is not what is expected
 * @param show a value as a configuration would have it: a number, a boolean or text
 * @param isQuoted whether a message may quote a wrong text, which then holds no secret
 * @param isLate whether {@link References} in a text stay as they are, for the process that uses
 *     the value; all others are replaced before the text is parsed
 */
public record ValueType<T>(
    String phrase,
    Map<String, Object> schema,
    Function<String, Optional<T>> parse,
    Function<T, Object> show,
    boolean isQuoted,
    boolean isLate) {
  private static final String WHOLE = "[-+]?(0|[1-9][0-9]{0,17})";
  private static final String NUMBER = "[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]+)?";

  /** Names of models, consumer groups and topics, as Kafka allows them. */
  private static final String NAME = "(?!\\.{1,2}$)[A-Za-z0-9._-]{1,249}";

  private static final String HOST = "([^\\s,:/\\[\\]]+|\\[[0-9A-Fa-f:.]+(%[A-Za-z0-9._-]+)?\\])";
  private static final String SERVER = HOST + ":[0-9]{1,5}";
  private static final String SERVERS = "\\s*%s\\s*(,\\s*%s\\s*)*".formatted(SERVER, SERVER);
  private static final Predicate<String> IS_SERVER = Pattern.compile(SERVER).asMatchPredicate();
  private static final String DIRECTORY =
      "^(?!file://[^/])[A-Za-z][A-Za-z0-9+.-]*:(//[^/]|/(?!/$))";
  private static final Predicate<String> IS_DIRECTORY = Pattern.compile(DIRECTORY).asPredicate();

  public ValueType(String phrase, Map<String, Object> schema, Function<String, Optional<T>> parse) {
    this(phrase, schema, parse, ValueType::plain, true, false);
  }

  public static ValueType<Integer> wholeNumber(int from, int to) {
    return new ValueType<>(
        "a whole number from " + from + " to " + to,
        range("integer", from, to),
        text -> whole(text).filter(n -> from <= n && n <= to).map(Long::intValue));
  }

  public static ValueType<Long> anyWholeNumber() {
    return new ValueType<>(
        "a whole number of at most 18 digits", Map.of("type", "integer"), ValueType::whole);
  }

  public static ValueType<Long> positiveWholeNumber() {
    return new ValueType<>(
        "a whole number above 0",
        range("integer", 1, null),
        text -> whole(text).filter(n -> n > 0));
  }

  public static ValueType<Float> number(double from, double to) {
    return new ValueType<>(
        "a number from " + digits(from) + " to " + digits(to),
        range("number", from, to),
        text -> finite(text).filter(x -> from <= x && x <= to).map(Double::floatValue));
  }

  public static ValueType<Double> anyNumber() {
    return new ValueType<>("a number", Map.of("type", "number"), ValueType::finite);
  }

  public static ValueType<Double> positiveNumber() {
    return new ValueType<>(
        "a number above 0",
        Map.of("type", "number", "exclusiveMinimum", 0),
        text -> finite(text).filter(x -> x > 0));
  }

  /** What a number may be at most; {@code none}, which is infinity, for no limit. */
  public static ValueType<Float> limit() {
    return new ValueType<>(
            "a number above 0",
            Map.of("type", "number", "exclusiveMinimum", 0),
            text -> finite(text).map(Double::floatValue).filter(x -> x > 0 && Float.isFinite(x)))
        .or("none", Float.POSITIVE_INFINITY);
  }

  public static ValueType<Duration> duration(String from, String to) {
    return quantity(Quantity.DURATION, "a time", from, to, Duration::ofMillis, Duration::toMillis);
  }

  public static ValueType<Integer> size(String from, String to) {
    return quantity(Quantity.SIZE, "a size", from, to, Math::toIntExact, Integer::longValue);
  }

  public static ValueType<String> text() {
    return new ValueType<>(
        "text",
        Map.of("type", "string", "pattern", "\\S"),
        text -> Optional.of(text).filter(Predicate.not(String::isBlank)));
  }

  /**
   * A text of some form that no message and no output shows, but for the references in it, which
   * are for its user to replace.
   */
  public static ValueType<String> secret(String phrase, Predicate<String> form) {
    return new ValueType<>(
        phrase,
        Map.of("type", List.of("string", "number", "boolean")),
        text -> Optional.of(text).filter(form),
        References::shown,
        false,
        true);
  }

  /** The address of a web server, without user and password: no message quotes wrong ones. */
  public static ValueType<String> webAddress() {
    return new ValueType<>(
        "an address such as https://host:8081 without user and password",
        Map.of("type", "string", "pattern", "^https?://[^@]+$"),
        text -> Optional.of(text).filter(ValueType::isWebAddress),
        address -> address,
        false,
        false);
  }

  public static ValueType<String> name() {
    return matching("a name of 1 to 249 letters, digits, '.', '_' and '-'", NAME);
  }

  public static ValueType<String> servers() {
    return new ValueType<>(
        "a list of servers such as kafka-1:9092,kafka-2:9092",
        Map.of("type", "string", "pattern", "^" + SERVERS + "$"),
        text -> Optional.of(text).filter(ValueType::areServers));
  }

  /**
   * Where files go: absolute, so that every process of the job means the same place. A space or
   * another character may be written as it is or percent-encoded, as in {@code my%20data}; the
   * value is as Flink's file systems take it, not encoded.
   */
  public static ValueType<String> directory() {
    return new ValueType<>(
        "a URI with a scheme and an absolute path, such as file:///data/x or s3://bucket/x",
        Map.of("type", "string", "pattern", DIRECTORY),
        ValueType::decodedDirectory);
  }

  public static ValueType<Boolean> bool() {
    return new ValueType<>(
        "true or false",
        Map.of("type", "boolean"),
        text -> Optional.of(text).filter(t -> t.matches("true|false")).map(Boolean::valueOf));
  }

  /** One of an enum's constants, in lower case and with hyphens. */
  public static <E extends Enum<E>> ValueType<E> oneOf(Class<E> choices) {
    return oneOf(
        Arrays.asList(choices.getEnumConstants()),
        choice -> choice.name().toLowerCase(Locale.ROOT).replace('_', '-'));
  }

  static <T> ValueType<T> oneOf(List<T> choices, Function<T, String> name) {
    List<String> names = choices.stream().map(name).toList();
    return new ValueType<>(
        "one of: " + String.join(", ", names),
        Map.of("enum", names),
        text -> choices.stream().filter(choice -> name.apply(choice).equals(text)).findFirst(),
        name::apply,
        true,
        false);
  }

  /** Also a word, which means a value that could not be given otherwise. */
  public ValueType<T> or(String word, T meaning) {
    return new ValueType<>(
        word + ", or " + phrase,
        Map.of("anyOf", List.of(Map.of("const", word), schema)),
        text -> text.equals(word) ? Optional.of(meaning) : parse.apply(text),
        value -> value.equals(meaning) ? word : show.apply(value),
        isQuoted,
        isLate);
  }

  /** A type whose texts are those that a regular expression matches. */
  private static ValueType<String> matching(String phrase, String regex) {
    Predicate<String> matches = Pattern.compile(regex).asMatchPredicate();
    return new ValueType<>(
        phrase,
        Map.of("type", "string", "pattern", "^" + regex + "$"),
        text -> Optional.of(text).filter(matches));
  }

  private static <T> ValueType<T> quantity(
      Quantity quantity,
      String name,
      String from,
      String to,
      Function<Long, T> of,
      Function<T, Long> amount) {
    long least = quantity.of(from);
    long most = quantity.of(to);
    return new ValueType<>(
        name + " from " + from + " to " + to + " (number and unit: " + quantity.units() + ")",
        Map.of("type", "string", "pattern", quantity.pattern()),
        text -> quantity.parse(text).filter(n -> least <= n && n <= most).map(of),
        value -> quantity.text(amount.apply(value)),
        true,
        false);
  }

  private static Map<String, Object> range(String type, Number from, Number to) {
    Map<String, Object> range = new LinkedHashMap<>();
    range.put("type", type);
    range.put("minimum", plain(from));
    if (to != null) {
      range.put("maximum", plain(to));
    }
    return range;
  }

  private static Optional<Long> whole(String text) {
    return Optional.of(text).filter(t -> t.matches(WHOLE)).map(Long::parseLong);
  }

  private static Optional<Double> finite(String text) {
    return Optional.of(text)
        .filter(t -> t.matches(NUMBER))
        .map(Double::parseDouble)
        .filter(Double::isFinite);
  }

  /** One by one: a regular expression for all of them recurs as often as there are servers. */
  private static boolean areServers(String text) {
    return Arrays.stream(text.split(",", -1)).map(String::strip).allMatch(IS_SERVER);
  }

  private static boolean isWebAddress(String text) {
    try {
      URI uri = new URI(text);
      return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
          && uri.getHost() != null
          && uri.getRawUserInfo() == null
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static Optional<String> decodedDirectory(String text) {
    try {
      String decoded = URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
      boolean isText = decoded.chars().noneMatch(c -> c < ' ' || c == '\\' || c == 0xFFFD);
      return Optional.of(decoded).filter(uri -> isText && IS_DIRECTORY.test(uri));
    } catch (IllegalArgumentException e) { // a % before anything but two digits
      return Optional.empty();
    }
  }

  /** A number in the shortest form that is read again as the same, a boolean, or text. */
  private static Object plain(Object value) {
    if (value instanceof Double || value instanceof Float) {
      BigDecimal number = new BigDecimal(value.toString()).stripTrailingZeros();
      boolean whole = number.scale() <= 0 && number.precision() - number.scale() <= 9;
      return whole ? (Object) number.intValueExact() : number;
    }
    return value instanceof Number || value instanceof Boolean ? value : value.toString();
  }

  private static String digits(double x) {
    return BigDecimal.valueOf(x).stripTrailingZeros().toPlainString();
  }
}
