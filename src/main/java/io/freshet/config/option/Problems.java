package io.freshet.config.option;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What is wrong, and what is doubtful, gathered while the configuration is read. */
final class Problems {
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
      return (key.isEmpty() ? "" : key + ": ") + text + " (" + place + ")";
    }
  }

  void error(Place place, String key, String text) {
    errors.add(new Problem(place, key, text));
  }

  void warning(Place place, String key, String text) {
    warnings.add(new Problem(place, key, text));
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
