package io.freshet.feature;

import static io.freshet.config.option.ValueType.anyNumber;
import static io.freshet.config.option.ValueType.positiveNumber;
import static io.freshet.config.option.ValueType.text;
import static io.freshet.config.option.ValueType.wholeNumber;

import io.freshet.config.option.Kind;
import io.freshet.config.option.Section;
import io.freshet.config.option.Suggestions;
import io.freshet.feature.Field.Categorical;
import io.freshet.feature.Field.Cross;
import io.freshet.feature.Field.Multi;
import io.freshet.feature.Field.Numeric;
import io.freshet.feature.Field.Transform;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * The options of the section {@code features}, and what the fields say of each other.
 *
 * <p>A field is {@code {name, kind, number}}; a numeric one has a {@code transform} too, whose own
 * keys stand next to it: {@code {name: age, kind: numeric, transform: buckets, bounds: [18, 30]}}.
 */
public final class FeatureOptions {
  private static final List<Kind<Transform>> TRANSFORMS =
      List.of(
          new Kind<>("none", "x as it is.", s -> new Transform.Identity()),
          new Kind<>("log", "sign(x) ln(1 + |x|).", s -> new Transform.Log()),
          new Kind<>("standardize", "(x - mean) / deviation.", FeatureOptions::standardize),
          new Kind<>(
              "buckets",
              "The interval that holds x, as a categorical value.",
              FeatureOptions::buckets));

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
    return options;
  }

  /** The fields that could be read, in their order. */
  public List<Field> fields() {
    return List.copyOf(fields.values());
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
    } else if (fields.containsKey(user) && !(fields.get(user) instanceof Categorical)) {
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
    List<Kind<Field>> kinds = kinds(name.orElse("a field without name"), number);
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

  private static List<Kind<Field>> kinds(String name, int number) {
    return List.of(
        new Kind<>("categorical", "An id for each value.", s -> new Categorical(name, number)),
        new Kind<>("multi", "Several values, mean-pooled.", s -> new Multi(name, number)),
        new Kind<>("numeric", "A number.", s -> new Numeric(name, number, transform(s))),
        new Kind<>(
            "cross",
            "Every combination of the values of other fields.",
            s -> new Cross(name, number, of(s))));
  }

  private static List<String> of(Section s) {
    return s.option("of", "The fields to combine, each categorical or multi and named once.")
        .requireList(text(), 2);
  }

  private static Transform transform(Section s) {
    return s.kind("transform", TRANSFORMS, "none", "What happens to the number.");
  }

  private static Transform standardize(Section s) {
    return new Transform.Standardize(
        s.option("mean", "Subtracted from the number.").require(anyNumber()).orElse(0.0),
        s.option("deviation", "Divides the difference.").require(positiveNumber()).orElse(1.0));
  }

  private static Transform buckets(Section s) {
    List<Double> bounds =
        s.option("bounds", "Ends of the intervals, ascending.").requireList(anyNumber(), 1);
    for (int i = 1; i < bounds.size(); i++) {
      if (bounds.get(i - 1) >= bounds.get(i)) {
        s.error("bounds", bounds.get(i) + " is not above " + bounds.get(i - 1) + " before it");
        return new Transform.Identity();
      }
    }
    return new Transform.Buckets(bounds);
  }

  private void checkCrosses() {
    for (Field field : fields.values()) {
      if (field instanceof Cross cross) {
        checkCross(cross, sections.get(cross.name()));
      }
    }
  }

  private void checkCross(Cross cross, Section s) {
    if (new HashSet<>(cross.of()).size() < cross.of().size()) {
      s.error("of", "names a field twice");
    }
    cross.of().forEach(part -> checkPart(s, "of", part, "cross"));
  }

  /** Reports a field that has no values. */
  private void checkPart(Section s, String key, String name, String toDo) {
    Field field = fields.get(name);
    if (!sections.containsKey(name)) {
      s.error(key, name + " is not a field" + near(name));
    } else if (field instanceof Numeric || field instanceof Cross) {
      s.error(key, name + " is neither categorical nor multi, so it has no values to " + toDo);
    }
  }

  private String near(String name) {
    return Suggestions.question(name, sections.keySet());
  }
}
