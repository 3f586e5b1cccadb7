package io.freshet.config.option;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What is wrong, and what is doubtful, gathered while the configuration is read. */
final class Problems {
  /** Characters of a line before its place: a message may quote a text of any length. */
  private static final int MAX_LENGTH = 1000;

  /** What would end a line, or hide or turn round what is on it. */
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

  /** What is shorter would be found within other words; it is no secret either. */
  private static final int SHORTEST_HIDDEN = 8;

  private final Map<String, String> references = new LinkedHashMap<>();
  private final List<Problem> errors = new ArrayList<>();
  private final List<Problem> warnings = new ArrayList<>();

  /**
   * Something wrong, or doubtful.
   *
   * @param key the whole key, as {@code train.batch-size}; empty when it concerns no key
   */
  private record Problem(Place place, String key, String text) {
    /** One line: {@code train.batch-size: 0 is not allowed; expected … (learner.yaml:12:5)}. */
    @Override
    public String toString() {
      String line = (key.isEmpty() ? "" : key + ": ") + text;
      String shown = line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH) + "…";
      return UNPRINTABLE.matcher(shown + " (" + place + ")").replaceAll(" ");
    }
  }

  void error(Place place, String key, String text) {
    errors.add(new Problem(place, key, text));
  }

  void warning(Place place, String key, String text) {
    warnings.add(new Problem(place, key, text));
  }

  /** Notes a value that {@link #withoutValues} has to leave out. */
  void hide(String value, String reference) {
    if (value.length() >= SHORTEST_HIDDEN) {
      references.put(value, reference);
    }
  }

  /** A stage's message with the reference wherever it quotes a value that was referred to. */
  String withoutValues(String text) {
    String shown = text;
    for (Map.Entry<String, String> hidden : references.entrySet()) {
      shown = shown.replace(hidden.getKey(), hidden.getValue());
    }
    return shown;
  }

  int count() {
    return errors.size();
  }

  /**
   * Goes no further if anything is wrong.
   *
   * @throws ConfigException with every error
   */
  void refuse() {
    if (!errors.isEmpty()) {
      throw new ConfigException(errors());
    }
  }

  /** Every error, a line each, in reading order. */
  List<String> errors() {
    return lines(errors);
  }

  /** Every warning, a line each, in reading order. */
  List<String> warnings() {
    return lines(warnings);
  }

  private static List<String> lines(List<Problem> problems) {
    return problems.stream()
        .sorted(Comparator.comparing(Problem::place, Place.READING_ORDER))
        .map(Problem::toString)
        .toList();
  }
}
