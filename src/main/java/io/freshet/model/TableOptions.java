package io.freshet.model;

import static io.freshet.config.option.ValueType.duration;
import static io.freshet.config.option.ValueType.number;
import static io.freshet.config.option.ValueType.positiveWholeNumber;
import static io.freshet.config.option.ValueType.size;
import static io.freshet.config.option.ValueType.text;
import static io.freshet.config.option.ValueType.wholeNumber;

import io.freshet.config.option.Kind;
import io.freshet.config.option.Section;
import io.freshet.config.option.Suggestions;
import io.freshet.feature.Field;
import io.freshet.model.Admission.Chance;
import io.freshet.model.Admission.Counted;
import io.freshet.model.Admission.Sketched;
import io.freshet.model.TableSettings.FieldRule;
import io.freshet.model.TableSettings.Rule;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The options of the section {@code embedding}. */
public final class TableOptions {
  private static final int MOST_COUNTED = 1_000_000;
  private static final int AFTER = 3;
  private static final float SHARE = 0.1f;

  private final List<String> names;
  private final Map<String, String> owners = new HashMap<>(); // empty where rows are a field's own
  private final Map<String, Rule> ofFields = new HashMap<>();

  private TableOptions(List<Field> fields) {
    names = fields.stream().map(Field::name).toList();
    fields.forEach(field -> owners.put(field.name(), field.shares()));
  }

  /**
   * The settings; {@link TableSettings#OFF} where nothing is asked for.
   *
   * @param fields that there are
   */
  public static TableSettings read(Section s, List<Field> fields) {
    Rule rule =
        rule(
            s,
            Rule.NONE,
            "Event time since a feature was last seen after which its row expires, or never.");
    long maxRows =
        s.option("max-rows", "Most rows of the table; the least recently seen go first.")
            .get(
                positiveWholeNumber().or("none", TableSettings.UNBOUNDED), TableSettings.UNBOUNDED);
    int sketch =
        s.option("sketch-memory", "Memory of the sketch, of all shards together.")
            .get(size("64 KB", "1 GB"), TableSettings.SKETCH_BYTES);
    TableOptions options = new TableOptions(fields);
    s.sections(
        "fields",
        0,
        field -> options.add(field, rule),
        "Rules of single fields. What they leave out is as for all fields.");
    List<FieldRule> rules =
        fields.stream()
            .map(
                f ->
                    new FieldRule(
                        f.number(), f.name(), options.ofFields.getOrDefault(f.name(), rule)))
            .toList();
    TableSettings settings = new TableSettings(rule, rules, maxRows, sketch);
    return settings.isOn() ? settings : TableSettings.OFF;
  }

  private Rule add(Section s, Rule otherwise) {
    String name = s.option("name", "Name of the field.").require(text()).orElse("");
    Rule rule = rule(s, otherwise, "As for all fields.");
    if (!name.isEmpty() && !names.contains(name)) {
      s.error("name", name + " is not a field" + Suggestions.question(name, names));
    } else if (!owners.getOrDefault(name, "").isEmpty()) {
      s.error(
          "name", "the rows of %s are those of %s: name that".formatted(name, owners.get(name)));
    } else if (!name.isEmpty() && ofFields.putIfAbsent(name, rule) != null) {
      s.error("name", name + " already has rules of its own");
    }
    return rule;
  }

  private static Rule rule(Section s, Rule otherwise, String expiry) {
    return new Rule(
        s.section(
            "admission",
            a -> admission(a, otherwise.admission()),
            "When a feature gets a row. Until then it counts as zero and is not learned."),
        s.option("expiry", expiry)
            .get(duration("1 s", "3660 d").or("never", Duration.ZERO), otherwise.expiry()));
  }

  private static Admission admission(Section s, Admission otherwise) {
    int count = otherwise instanceof Counted counted ? counted.occurrences() : AFTER;
    int sketch = otherwise instanceof Sketched sketched ? sketched.occurrences() : AFTER;
    float share = otherwise instanceof Chance chance ? (float) chance.share() : SHARE;
    List<Kind<Admission>> kinds =
        List.of(
            new Kind<>("all", "At its first occurrence.", k -> Admission.ALL),
            new Kind<>(
                "count",
                "After some occurrences, each feature with a counter of its own.",
                k ->
                    new Counted(
                        k.option("after", "Occurrences that are not learned.")
                            .get(wholeNumber(1, MOST_COUNTED), count))),
            new Kind<>(
                "sketch",
                "After some occurrences, counted in a sketch that all features share.",
                k ->
                    new Sketched(
                        k.option("after", "Most occurrences that are not learned.")
                            .get(wholeNumber(1, Admission.MOST_SKETCHED), sketch))),
            new Kind<>(
                "chance",
                "At each occurrence with the same probability.",
                k ->
                    new Chance(
                        k.option("share", "Probability of an occurrence to get its feature a row.")
                            .get(number(1e-6, 1), share))));
    return s.kind("kind", kinds, kind(otherwise), "How a feature is admitted.");
  }

  private static String kind(Admission admission) {
    if (admission instanceof Counted) {
      return "count";
    } else if (admission instanceof Sketched) {
      return "sketch";
    }
    return admission instanceof Chance ? "chance" : "all";
  }
}
