package io.freshet.config;

import static io.freshet.config.ValueParser.expiry;
import static io.freshet.config.ValueParser.number;
import static io.freshet.config.ValueParser.oneOf;
import static io.freshet.config.ValueParser.rows;
import static io.freshet.config.ValueParser.size;
import static io.freshet.config.ValueParser.text;
import static io.freshet.config.ValueParser.wholeNumber;

import io.freshet.feature.Field;
import io.freshet.model.Admission;
import io.freshet.model.Admission.Chance;
import io.freshet.model.Admission.Counted;
import io.freshet.model.Admission.Sketched;
import io.freshet.model.TableSettings;
import io.freshet.model.TableSettings.FieldRule;
import io.freshet.model.TableSettings.Rule;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads {@code embedding}: which features have rows, and for how long; for all fields, and for some
 * otherwise.
 */
final class EmbeddingReader {
  private static final int AFTER = 3;
  private static final int MOST_COUNTED = 1_000_000;
  private static final double SHARE = 0.1;
  private static final double LEAST_SHARE = 1e-6;
  private static final Map<String, Admission> KINDS =
      Map.of(
          "all", Admission.ALL,
          "count", new Counted(AFTER),
          "sketch", new Sketched(AFTER),
          "chance", new Chance(SHARE));

  private final Map<String, Rule> ofFields = new HashMap<>();

  private EmbeddingReader() {}

  /**
   * The settings; {@link TableSettings#OFF} where nothing is asked for.
   *
   * @param fields that there are
   */
  static TableSettings read(Section s, List<Field> fields) {
    Rule rule = rule(s, Rule.NONE);
    long maxRows = s.get("max-rows", TableSettings.UNBOUNDED, rows());
    int sketch = s.get("sketch-memory", TableSettings.SKETCH_BYTES, size("64 KB", "1 GB"));
    EmbeddingReader reader = new EmbeddingReader();
    if (s.has("fields")) {
      s.requireSections("fields").forEach(field -> reader.add(field, rule, fields));
    } else {
      s.known("fields");
    }
    List<FieldRule> rules =
        fields.stream()
            .map(
                f ->
                    new FieldRule(
                        f.number(), f.name(), reader.ofFields.getOrDefault(f.name(), rule)))
            .toList();
    TableSettings settings = new TableSettings(rule, rules, maxRows, sketch);
    return settings.isOn() ? settings : TableSettings.OFF;
  }

  private void add(Section s, Rule otherwise, List<Field> fields) {
    String name = s.require("name", text()).orElse("");
    Rule rule = rule(s, otherwise);
    if (!name.isEmpty() && fields.stream().noneMatch(field -> field.name().equals(name))) {
      String instead =
          Suggestions.to(name, fields.stream().map(Field::name).toList())
              .map(n -> "; did you mean " + n + '?')
              .orElse("");
      s.error("name", name + " is not a field" + instead);
    } else if (!name.isEmpty() && ofFields.putIfAbsent(name, rule) != null) {
      s.error("name", name + " has rules of its own already");
    }
  }

  private static Rule rule(Section s, Rule otherwise) {
    Admission admission =
        s.section("admission").as(otherwise.admission(), EmbeddingReader::admission);
    return new Rule(admission, s.get("expiry", otherwise.expiry(), expiry()));
  }

  private static Admission admission(Section s, Admission otherwise) {
    Admission kind = s.kind("kind", otherwise, oneOf(KINDS));
    Admission start = kind.getClass() == otherwise.getClass() ? otherwise : kind;
    if (start instanceof Counted d) {
      return new Counted(s.get("after", d.occurrences(), wholeNumber(1, MOST_COUNTED)));
    } else if (start instanceof Sketched d) {
      return new Sketched(s.get("after", d.occurrences(), wholeNumber(1, Admission.MOST_SKETCHED)));
    } else if (start instanceof Chance d) {
      return new Chance(s.get("share", (float) d.share(), number(LEAST_SHARE, 1)));
    }
    return Admission.ALL;
  }
}
