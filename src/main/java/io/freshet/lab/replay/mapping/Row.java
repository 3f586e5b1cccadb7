package io.freshet.lab.replay.mapping;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One row of a file, with the columns looked up for it.
 *
 * @param line where it begins in the file, from 1
 */
public record Row(long line, Map<String, String> cells) {
  private static final Pattern PLACE = Pattern.compile("\\{([^{}]*)\\}");

  /** The cell, unless it is empty or its lookup found nothing. */
  public Optional<String> cell(String column) {
    String text = cells.get(fill(column));
    return text == null || text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  /** The number in a cell that must hold one. */
  double number(String column) throws BadRowException {
    return number(column, cell(column).orElse(""));
  }

  static double number(String column, String text) throws BadRowException {
    try {
      double number = Double.parseDouble(text.strip());
      if (Double.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      // refused below, like an infinite one
    }
    throw BadRowException.cell(column, text, "a number");
  }

  /** Replaces each {@code {column}} by the cell. */
  String fill(String template) {
    return template.indexOf('{') < 0
        ? template
        : PLACE
            .matcher(template)
            .replaceAll(place -> Matcher.quoteReplacement(cells.getOrDefault(place.group(1), "")));
  }

  /** The columns that a template names. */
  static Stream<String> columns(String template) {
    return PLACE.matcher(template).results().map(place -> place.group(1));
  }
}
