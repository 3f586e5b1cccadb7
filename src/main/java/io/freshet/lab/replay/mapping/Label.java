package io.freshet.lab.replay.mapping;

import static io.freshet.lab.replay.mapping.ReplayMapping.check;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which rows are clicked: those whose column satisfies a comparison, such as {@code rating >= 4}. A
 * column alone means above 0.
 */
public record Label(String column, String operator, double number) {
  private static final Pattern RULE =
      Pattern.compile("\\s*(.+?)\\s*(?:(>=|<=|>|<|=|!=)\\s*(-?[0-9.]+)\\s*)?");

  @JsonCreator
  public static Label of(String rule) {
    Matcher matcher = RULE.matcher(rule);
    check(matcher.matches(), "label", "'" + rule + "' is not like 'rating >= 4' or 'click'");
    return matcher.group(2) == null
        ? new Label(matcher.group(1), ">", 0)
        : new Label(matcher.group(1), matcher.group(2), Double.parseDouble(matcher.group(3)));
  }

  public boolean clicked(Row row) throws BadRowException {
    double value = row.number(column);
    return switch (operator) {
      case ">=" -> value >= number;
      case "<=" -> value <= number;
      case ">" -> value > number;
      case "<" -> value < number;
      case "=" -> value == number;
      default -> value != number;
    };
  }
}
