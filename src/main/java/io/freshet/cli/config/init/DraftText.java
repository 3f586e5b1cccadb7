package io.freshet.cli.config.init;

import io.freshet.event.mapping.TimestampUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A {@link Draft} as a configuration in YAML, in which each guess says why. */
public final class DraftText {
  private static final String PLAIN = "[A-Za-z][A-Za-z0-9_.-]*";
  private static final List<String> RESERVED =
      List.of("true", "false", "yes", "no", "on", "off", "null", "y", "n");
  private static final String VAGUE = "id|name|value|key|code|type";
  private static final int WHY_COLUMN = 44;

  private final Draft draft;
  private final List<String> lines = new ArrayList<>();

  private DraftText(Draft draft) {
    this.draft = draft;
  }

  /**
   * The text.
   *
   * @param head lines above the guesses: what was read, and from where
   * @param format options of the section events that reading took
   */
  public static String of(Draft draft, List<String> head, Map<String, String> format) {
    DraftText text = new DraftText(draft);
    text.lines.addAll(head);
    text.events(format);
    text.features();
    return String.join("\n", text.lines) + "\n";
  }

  private void events(Map<String, String> format) {
    lines.add("events:");
    format.forEach((key, value) -> lines.add("  " + key + ": " + quoted(value)));
    lines.add("  impressions:");
    id();
    time();
    draft.weight().ifPresent(w -> guess("    weight: " + quoted(w.path()), "named as a weight is"));
    draft.label().ifPresentOrElse(this::label, this::noLabel);
  }

  private void id() {
    if (draft.id().isPresent()) {
      Column id = draft.id().get();
      guess(
          "    id: " + quoted(id.path()),
          String.format(Locale.ROOT, "another in each of %,d records", draft.records().size()));
    } else if (draft.label().isPresent()) {
      guess("    id: none", "no field names the record; its place in the topic does");
    } else {
      guess("    id: impression_id", "no field names the record: give the one that clicks name");
    }
  }

  private void time() {
    if (draft.time().isEmpty()) {
      guess("    timestamp-unit: kafka", "no field looks like the event's time: Kafka's is taken");
      return;
    }
    TimeColumn time = draft.time().get();
    guess("    timestamp: " + quoted(time.column().path()), "in each record, and named so");
    guess(
        "    timestamp-unit: " + unit(time.unit()),
        "%s is %s".formatted(time.column().first(), time.first()));
  }

  private static String unit(TimestampUnit unit) {
    return unit.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private void label(LabelColumn label) {
    String more =
        label.atLeast().isPresent()
            ? ", at-least: " + label.atLeast().getAsDouble()
            : label.isDefault() ? ", default: 0" : "";
    guess(
        "    label: {field: %s%s}".formatted(quoted(label.column().path()), more),
        label.why(draft.records()));
  }

  private void noLabel() {
    lines.add(
        "    # no field looks like a label: clicks are joined, see join and kafka.topics.clicks");
  }

  private void features() {
    lines.add("features:");
    Map<String, Integer> times = new HashMap<>();
    draft.fields().forEach(field -> times.merge(field.column().name(), 1, Integer::sum));
    for (FieldDraft field : draft.fields()) {
      String path = field.column().path();
      String name = name(field.column(), times);
      boolean isFound = path.equals(name) || path.equals("features." + name);
      String from = isFound ? "" : ", from: " + quoted(path);
      String size = field.kind().equals("vector") ? ", size: " + field.column().vectorSize() : "";
      String line = "- {name: %s, kind: %s%s%s}".formatted(quoted(name), field.kind(), size, from);
      guess((field.isLeftOut() ? "  # " : "  ") + line, field.why());
    }
    lines.add("train:");
    String user = quoted(name(draft.user().column(), times));
    guess("  user-field: " + user, "its examples are learned one after the other");
  }

  /** The last name of the path, or all of them where others have the same. */
  private static String name(Column column, Map<String, Integer> times) {
    return times.get(column.name()) == 1 && !column.words().matches(VAGUE)
        ? column.name()
        : column.path().replace("[]", "").replace("\\.", ".").replace('.', '-');
  }

  private void guess(String line, String why) {
    String padded = line + " ".repeat(Math.max(0, WHY_COLUMN - line.length()));
    lines.add(padded + "  # " + why.replaceAll("\\p{Cntrl}", " "));
  }

  /** As YAML takes it. */
  public static String quoted(String value) {
    boolean isPlain = value.matches(PLAIN) && !RESERVED.contains(value.toLowerCase(Locale.ROOT));
    return isPlain ? value : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
