package io.freshet.feature;

import static io.freshet.config.option.ValueType.text;
import static io.freshet.config.option.ValueType.wholeNumber;

import io.freshet.config.option.Kind;
import io.freshet.config.option.Section;
import io.freshet.config.option.Suggestions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * The options of the section {@code features}, and what the fields say of each other.
 *
 * <p>A field is {@code {name, kind, number}}; a numeric one has a {@code transform} too, whose own
 * keys stand next to it: {@code {name: age, kind: numeric, transform: buckets, bounds: [18, 30]}}.
 */
public final class FeatureOptions {
  private static final String SHARES = "shares";

  private static final List<String> OF_ROWS = List.of("rate-factor", "l2", "embedding-size");

  private final BiConsumer<Integer, Section> more;
  private final Map<String, Section> sections = new LinkedHashMap<>(); // by name, as the fields
  private final Map<String, Field> fields = new LinkedHashMap<>();
  private final Map<Integer, String> numbers = new HashMap<>();
  private int position;

  private FeatureOptions(BiConsumer<Integer, Section> more) {
    this.more = more;
  }

  /**
   * Reads the fields, and reports what is wrong among them.
   *
   * @param more reads the options that other stages have for the field of a number
   */
  public static FeatureOptions read(Section root, BiConsumer<Integer, Section> more) {
    FeatureOptions options = new FeatureOptions(more);
    root.requireSections("features", 1, options::field, "The fields of the model, in order.");
    options.checkCrosses();
    options.checkShares();
    options.checkHistories();
    options.checkParallels();
    return options;
  }

  /** The option of a field that may use the rows of another. */
  static String shares(Section s) {
    Optional<String> owner =
        s.option(
                SHARES,
                "Categorical or multi field whose rows this one's values have; by default they have"
                    + " rows of their own.")
            .find(text());
    owner.ifPresent(name -> s.note(SHARES, text(), name));
    return owner.orElse("");
  }

  /** The fields that could be read, in their order. */
  public List<Field> fields() {
    return List.copyOf(fields.values());
  }

  /**
   * By the names of fields, what another stage has by their numbers. Reports the crosses among
   * them, which are of no raw feature.
   *
   * @param key of the option that it was read from
   */
  public <T> Map<String, T> byName(Map<Integer, T> byNumber, String key) {
    Map<String, T> byName = new LinkedHashMap<>();
    for (Field field : fields.values()) {
      T value = byNumber.get(field.number());
      if (value != null && !field.isRaw()) {
        sections.get(field.name()).error(key, "not for a cross, which has no raw feature");
      } else if (value != null) {
        byName.put(field.name(), value);
      }
    }
    return byName;
  }

  /**
   * By the names of the features that hold weights, what another stage has by the numbers of their
   * fields. Reports the fields without such a feature.
   *
   * @param key of the option that it was read from
   */
  public <T> Map<String, T> byWeights(Map<Integer, T> byNumber, String key) {
    Map<String, T> byWeights = new LinkedHashMap<>();
    for (Field field : fields.values()) {
      T value = byNumber.get(field.number());
      if (value != null && field instanceof MultiField multi && !multi.weights().isEmpty()) {
        byWeights.put(multi.weights(), value);
      } else if (value != null) {
        sections.get(field.name()).error(key, "not used without weights; name those too");
      }
    }
    return byWeights;
  }

  /** Reports a user field that cannot partition the examples. */
  public void checkUser(Section train, String user) {
    if (sections.isEmpty()) {
      return;
    }
    if (!sections.containsKey(user)) {
      String near = near(user);
      train.error(
          "user-field",
          user + " is not a field" + (near.isEmpty() ? "; give the one that names users" : near));
    } else if (fields.containsKey(user) && !(fields.get(user) instanceof CategoricalField)) {
      train.error("user-field", user + " is not categorical; a user has one value, taken as it is");
    }
  }

  /** Reports fields that have no values to slice by. */
  public void checkSlices(Section evaluate, List<String> slices) {
    for (String slice : sections.isEmpty() ? List.<String>of() : slices) {
      checkPart(evaluate, "slices", slice, "slice by");
    }
  }

  private Optional<Field> field(Section s) {
    position++;
    Optional<String> name =
        s.option("name", "Name of the raw feature and of the field.").require(text());
    int number =
        s.option(
                "number",
                "Number in the field's feature ids; by default its position, from 1. Rows are known"
                    + " by it: give numbers before fields are removed or reordered.")
            .derived(wholeNumber(1, Fids.MAX_FIELD), position);
    more.accept(number, s);
    List<Kind<Field>> kinds = FieldKinds.options(name.orElse("a field without name"), number);
    Optional<Field> field =
        s.requireKind("kind", kinds, "What the field makes of its raw feature.");
    String other = numbers.putIfAbsent(number, name.orElse("a field without name"));
    if (other != null) {
      s.error("number", number + " is already the number of " + other);
    }
    if (name.isPresent() && sections.putIfAbsent(name.get(), s) != null) {
      s.error("name", name.get() + " is already the name of another field");
    } else if (name.isPresent()) {
      field.ifPresent(f -> fields.put(name.get(), f));
    }
    return field;
  }

  private void checkCrosses() {
    for (Field field : fields.values()) {
      if (field instanceof CrossField cross) {
        checkCross(cross, sections.get(cross.name()));
      }
    }
  }

  private void checkCross(CrossField cross, Section s) {
    if (new HashSet<>(cross.of()).size() < cross.of().size()) {
      s.error("of", "names a field twice");
    }
    for (String part : cross.of()) {
      checkPart(s, "of", part, "cross");
      if (fields.get(part) instanceof SequenceField sequence && sequence.isFilled()) {
        s.error("of", part + " is filled only after fields are crossed: leave out its history");
      }
    }
  }

  private void checkShares() {
    for (Field field : fields.values()) {
      String owner = field.shares();
      if (owner.isEmpty()) {
        continue;
      }
      Section s = sections.get(field.name());
      String key = field.sharesKey();
      String further = fields.containsKey(owner) ? fields.get(owner).shares() : "";
      if (owner.equals(field.name())) {
        s.error(key, "names the field itself; leave it out for rows of its own");
      } else if (!further.isEmpty()) {
        s.error(key, "%s shares those of %s: name that".formatted(owner, further));
      } else {
        checkPart(s, key, owner, "share");
      }
      if (field instanceof SequenceField sequence && sequence.attends()) {
        checkPart(s, "target", sequence.attention().target(), "attend to");
      }
      for (String option : OF_ROWS) {
        s.noteNothing(option);
        if (s.has(option)) {
          s.error(option, "the rows are those of " + owner + ": give it there");
        }
      }
    }
  }

  private void checkHistories() {
    Set<String> users = new LinkedHashSet<>();
    for (Field field : fields.values()) {
      if (field instanceof SequenceField sequence && sequence.isFilled()) {
        Section s = sections.get(field.name());
        String of = sequence.history().of();
        checkPart(s, "history.of", of, "keep");
        if (fields.get(of) instanceof SequenceField) {
          s.error("history.of", of + " is a sequence; expected what an impression shows");
        }
        String user = sequence.history().field();
        users.add(user);
        if (!sections.containsKey(user)) {
          s.error("history.field", user + " is not a field" + near(user));
        } else if (fields.containsKey(user) && !(fields.get(user) instanceof CategoricalField)) {
          s.error("history.field", user + " is not categorical; a user has one value");
        } else if (users.size() > 1) {
          s.error(
              "history.field",
              "differs between histories (%s); expected one".formatted(String.join(", ", users)));
        }
      }
    }
  }

  /** Reports actions that count in a history and that the label does not count. */
  public void checkActions(Set<String> labeled) {
    for (Field field : fields.values()) {
      if (field instanceof SequenceField sequence && sequence.isFilled()) {
        Section s = sections.get(field.name());
        if (sequence.history().actions().isEmpty()) {
          s.error(
              "history.actions", "names no action; expected some of " + String.join(", ", labeled));
        }
        for (String action : sequence.history().actions()) {
          if (!labeled.contains(action)) {
            s.error(
                "history.actions",
                "%s is no action that the label counts; expected some of %s"
                    .formatted(action, String.join(", ", labeled)));
          }
        }
      }
    }
  }

  private void checkParallels() {
    for (Field field : fields.values()) {
      if (field instanceof ParallelField parallel) {
        Section s = sections.get(field.name());
        String along = parallel.along();
        if (!along.isEmpty() && !sections.containsKey(along)) {
          s.error("along", along + " is not a field" + near(along));
        } else if (fields.containsKey(along) && !(fields.get(along) instanceof SequenceField)) {
          s.error("along", along + " is no sequence");
        }
        if (!parallel.target().isEmpty()) {
          checkPart(s, "target", parallel.target(), "attend to");
        }
      }
    }
  }

  /** Reports a field that has no values. */
  private void checkPart(Section s, String key, String name, String toDo) {
    Field field = fields.get(name);
    if (!sections.containsKey(name)) {
      s.error(key, name + " is not a field" + near(name));
    } else if (field != null && !field.namesValues()) {
      s.error(key, name + " is neither categorical nor multi, so it has no values to " + toDo);
    }
  }

  private String near(String name) {
    return Suggestions.question(name, sections.keySet());
  }
}
