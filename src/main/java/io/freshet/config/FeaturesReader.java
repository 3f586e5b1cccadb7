package io.freshet.config;

import static io.freshet.config.ValueParser.anyNumber;
import static io.freshet.config.ValueParser.number;
import static io.freshet.config.ValueParser.oneOf;
import static io.freshet.config.ValueParser.positiveNumber;
import static io.freshet.config.ValueParser.text;
import static io.freshet.config.ValueParser.wholeNumber;

import io.freshet.feature.Fids;
import io.freshet.feature.Field;
import io.freshet.feature.Field.Categorical;
import io.freshet.feature.Field.Cross;
import io.freshet.feature.Field.Multi;
import io.freshet.feature.Field.Numeric;
import io.freshet.feature.Field.Transform;
import io.freshet.model.optimizer.FieldLearning;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads {@code features}, and checks what the fields say of each other.
 *
 * <p>A field is {@code {name, kind, number}}; a numeric one has a {@code transform} too, whose own
 * keys stand beside it: {@code {name: age, kind: numeric, transform: buckets, bounds: [18, 30]}}.
 * How its rows are learned may stand there too: {@code {name: user, kind: categorical, rate-factor:
 * 2}}.
 */
final class FeaturesReader {
  private static final Map<String, Function<Head, Field>> KINDS =
      Map.of(
          "categorical", head -> new Categorical(head.name(), head.number()),
          "multi", head -> new Multi(head.name(), head.number()),
          "numeric", head -> new Numeric(head.name(), head.number(), transform(head.section())),
          "cross", head -> new Cross(head.name(), head.number(), of(head.section())));

  private static final Map<String, Function<Section, Transform>> TRANSFORMS =
      Map.of(
          "none",
          s -> new Transform.Identity(),
          "log",
          s -> new Transform.Log(),
          "standardize",
          FeaturesReader::standardize,
          "buckets",
          FeaturesReader::buckets);

  private final Map<String, Head> heads = new LinkedHashMap<>();
  private final Map<String, Field> fields = new LinkedHashMap<>();
  private final Map<Integer, String> numbers = new HashMap<>();

  /** What every field has. */
  private record Head(String name, int number, Section section) {}

  /** The fields that could be read, in their order, with what is wrong among them reported. */
  static FeaturesReader read(Section root) {
    FeaturesReader reader = new FeaturesReader();
    List<Section> sections = root.requireSections("features");
    for (int i = 0; i < sections.size(); i++) {
      reader.add(sections.get(i), i + 1);
    }
    if (sections.isEmpty() && root.has("features")) {
      root.error("features", "lists no field");
    }
    reader.checkCrosses();
    return reader;
  }

  List<Field> fields() {
    return List.copyOf(fields.values());
  }

  /**
   * How fields are learned that say so.
   *
   * @param l2 of the others
   */
  List<FieldLearning> learning(float l2) {
    List<FieldLearning> others = new ArrayList<>();
    for (Head head : heads.values()) {
      Section s = head.section();
      float rate = s.get("rate-factor", 1f, number(0.001, 1000));
      float penalty = s.get("l2", l2, number(0, 1000));
      if (rate != 1 || penalty != l2) {
        others.add(new FieldLearning(head.number(), rate, penalty));
      }
    }
    return others;
  }

  /** Reports a user field that cannot partition the examples. */
  void checkUser(Section train, String user) {
    if (heads.isEmpty()) {
      return;
    }
    if (!heads.containsKey(user)) {
      String instead = instead(user);
      train.error(
          "user-field",
          user
              + " is not a field"
              + (instead.isEmpty() ? "; give the one that names users" : instead));
    } else if (fields.containsKey(user) && !(fields.get(user) instanceof Categorical)) {
      train.error("user-field", user + " is not categorical: a user has one value, taken as it is");
    }
  }

  /** Reports fields that have no values to slice by. */
  void checkSlices(Section evaluate, List<String> slices) {
    for (String slice : heads.isEmpty() ? List.<String>of() : slices) {
      Field field = fields.get(slice);
      if (!heads.containsKey(slice)) {
        evaluate.error("slices", slice + " is not a field" + instead(slice));
      } else if (field instanceof Numeric || field instanceof Cross) {
        evaluate.error(
            "slices", slice + " is neither categorical nor multi, so it has no values to slice by");
      }
    }
  }

  private void add(Section s, int position) {
    Optional<String> name = s.require("name", text());
    s.leave("rate-factor", "l2");
    int number = s.get("number", position, wholeNumber(1, Fids.MAX_FIELD));
    Head head = new Head(name.orElse("a field without name"), number, s);
    Optional<Field> field =
        s.requireKind("kind", oneOf(KINDS)).flatMap(kind -> s.make(() -> kind.apply(head)));
    String other = numbers.putIfAbsent(number, head.name());
    if (other != null) {
      s.error("number", number + " is the number of " + other + " already");
    }
    if (name.isPresent() && heads.putIfAbsent(head.name(), head) != null) {
      s.error("name", head.name() + " is the name of another field already");
    } else {
      field.ifPresent(f -> fields.put(head.name(), f));
    }
  }

  private void checkCrosses() {
    for (Field field : fields.values()) {
      if (field instanceof Cross cross && heads.containsKey(cross.name())) {
        checkCross(cross, heads.get(cross.name()).section());
      }
    }
  }

  private void checkCross(Cross cross, Section s) {
    if (s.has("of") && cross.of().size() < 2) {
      s.error("of", "names fewer than two fields");
    }
    if (new HashSet<>(cross.of()).size() < cross.of().size()) {
      s.error("of", "names a field twice");
    }
    for (String part : cross.of()) {
      Field field = fields.get(part);
      if (!heads.containsKey(part)) {
        s.error("of", part + " is not a field" + instead(part));
      } else if (field instanceof Numeric || field instanceof Cross) {
        s.error("of", part + " is neither categorical nor multi, so it has no values to cross");
      }
    }
  }

  private String instead(String name) {
    return Suggestions.to(name, heads.keySet()).map(n -> "; did you mean " + n + '?').orElse("");
  }

  private static List<String> of(Section s) {
    return s.requireList("of", text());
  }

  private static Transform transform(Section s) {
    return s.kind("transform", TRANSFORMS.get("none"), oneOf(TRANSFORMS)).apply(s);
  }

  private static Transform standardize(Section s) {
    return new Transform.Standardize(
        s.require("mean", anyNumber()).orElse(0.0),
        s.require("deviation", positiveNumber()).orElse(1.0));
  }

  private static Transform buckets(Section s) {
    List<Double> bounds = s.requireList("bounds", anyNumber());
    if (s.has("bounds") && bounds.isEmpty()) {
      s.error("bounds", "gives no bound");
    }
    for (int i = 1; i < bounds.size(); i++) {
      if (bounds.get(i - 1) >= bounds.get(i)) {
        s.error("bounds", bounds.get(i) + " is not above " + bounds.get(i - 1) + " before it");
        return new Transform.Identity();
      }
    }
    return new Transform.Buckets(bounds);
  }
}
