package io.freshet.event.mapping;

import io.freshet.config.option.ValueType;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a value is in a record: names of objects' keys, separated by dots; {@code []} behind a name
 * goes through every element of its list, as in {@code items[].id}. A dot that belongs to a name is
 * written {@code \.}.
 */
public record ValuePath(String text) implements Serializable {
  /** Leads nowhere. */
  public static final ValuePath NONE = new ValuePath("");

  private static final String DOT = "(?<!\\\\)\\.";
  private static final String EACH = "[]";
  private static final String STEP = "(\\\\\\.|[^.\\[\\]\\\\])+(\\[\\])*";

  /** Characters: a pattern of repeated groups recurs for each. */
  private static final int MAX_LENGTH = 1000;

  private static final String PATH = STEP + "(\\." + STEP + ")*";

  /**
   * One step.
   *
   * @param name of a key; empty for the elements of a list
   */
  public record Step(String name) {
    public boolean isEach() {
      return name.isEmpty();
    }
  }

  /** The type of an option that is a path. */
  public static ValueType<ValuePath> type() {
    return new ValueType<>(
        "a path such as name, user.id or items[].id (a dot inside a name: \\.)",
        Map.of("type", "string", "pattern", "^" + PATH + "$"),
        text -> Optional.of(text).filter(ValuePath::isPath).map(ValuePath::new),
        ValuePath::text,
        true,
        false);
  }

  private static boolean isPath(String text) {
    return text.length() <= MAX_LENGTH && text.matches(PATH);
  }

  /** The steps from the record to the value. */
  public List<Step> steps() {
    List<Step> steps = new ArrayList<>();
    for (String part : text.split(DOT)) {
      int end = part.indexOf(EACH) < 0 ? part.length() : part.indexOf(EACH);
      steps.add(new Step(part.substring(0, end).replace("\\.", ".")));
      for (int at = end; at < part.length(); at += EACH.length()) {
        steps.add(new Step(""));
      }
    }
    return steps;
  }

  /** Whether it leads nowhere. */
  public boolean isNone() {
    return text.isEmpty();
  }

  /** Whether it may be of several values. */
  public boolean isOfLists() {
    return text.contains(EACH);
  }
}
