package io.freshet.lab.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a query of Prometheus asks for: read well enough for the expressions of our dashboards and
 * rules. Functions are names before a parenthesis; labels to group by stand in one after {@code
 * by}, {@code without}, {@code on}, {@code ignoring} or {@code group_*}.
 */
record PromQuery(List<Selector> selectors, Set<String> groupings) {
  private static final Pattern GROUPING =
      Pattern.compile("\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\(([^)]*)\\)");
  private static final Pattern SELECTOR =
      Pattern.compile("([a-zA-Z_:][\\w:]*)\\s*(\\(|\\{((?:[^}\"]|\"(?:[^\"\\\\]|\\\\.)*\")*)\\})?");
  private static final Pattern MATCHER =
      Pattern.compile("(\\w+)\\s*(=~|!~|!=|=)\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Set<String> WORDS =
      Set.of("and", "or", "unless", "bool", "offset", "inf", "nan");

  /** A metric with what its labels must be. */
  record Selector(String metric, List<LabelMatch> matches) {}

  /** A label's condition. */
  record LabelMatch(String label, String operator, String value) {
    boolean accepts(String actual) {
      boolean same = operator.contains("~") ? actual.matches(value) : actual.equals(value);
      return same != operator.startsWith("!");
    }

    /** Whether a person chooses the value. */
    boolean isVariable() {
      return value.startsWith("$");
    }
  }

  static PromQuery parse(String expression) {
    Set<String> groupings = new TreeSet<>();
    Matcher grouping = GROUPING.matcher(expression);
    while (grouping.find()) {
      for (String label : grouping.group(1).split(",")) {
        groupings.add(label.strip());
      }
    }
    groupings.remove("");
    String rest = GROUPING.matcher(expression).replaceAll(" ").replaceAll("\\[[^\\]]*\\]", " ");
    List<Selector> selectors = new ArrayList<>();
    Matcher selector = SELECTOR.matcher(rest);
    while (selector.find()) {
      boolean function = "(".equals(selector.group(2));
      if (!function && !WORDS.contains(selector.group(1))) {
        selectors.add(new Selector(selector.group(1), matches(selector.group(3))));
      }
    }
    return new PromQuery(selectors, groupings);
  }

  private static List<LabelMatch> matches(String labels) {
    List<LabelMatch> matches = new ArrayList<>();
    Matcher match = MATCHER.matcher(labels == null ? "" : labels);
    while (match.find()) {
      matches.add(new LabelMatch(match.group(1), match.group(2), match.group(3)));
    }
    return matches;
  }
}
