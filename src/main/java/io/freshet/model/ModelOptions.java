package io.freshet.model;

import static io.freshet.config.option.ValueType.anyWholeNumber;
import static io.freshet.config.option.ValueType.number;
import static io.freshet.config.option.ValueType.wholeNumber;

import io.freshet.config.option.Kind;
import io.freshet.config.option.Section;
import io.freshet.feature.Field;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The options of the section {@code model}. */
public final class ModelOptions {
  private ModelOptions() {}

  public static ModelSettings read(Section s) {
    return read(s, List.of());
  }

  /**
   * Reads the section.
   *
   * @param fields that options may name
   */
  public static ModelSettings read(Section s, List<Field> fields) {
    List<Kind<ModelSettings>> kinds =
        Arrays.stream(ModelKind.values())
            .map(kind -> new Kind<>(kind.key(), kind.sentence(), k -> read(kind, k, fields)))
            .toList();
    return s.kind(
        "kind",
        kinds,
        ModelKind.DEEPFM.key(),
        "Which terms the model has in addition to the first order.");
  }

  private static ModelSettings read(ModelKind kind, Section s, List<Field> fields) {
    return new ModelSettings(
        kind,
        kind.embeds()
            ? s.option("embedding-size", "Length of the embedding vectors.")
                .get(FieldSizeOptions.SIZE, 10)
            : 0,
        kind.deep()
            ? s.option(
                    "hidden-layers", "Units of each hidden layer, input side first; may be `[]`.")
                .list(wholeNumber(1, 8192), List.of(128, 64))
            : List.of(),
        kind.crosses()
            ? s.option("cross-layers", "Number of cross layers.").get(wholeNumber(1, 16), 2)
            : 0,
        sizes(kind, s, fields),
        s.option("l2", "L2 penalty on the parameters that an example touches.")
            .get(number(0, 1000), 0f),
        s.option("seed", "Seed of every random start.").get(anyWholeNumber(), 42L));
  }

  private static Sizes sizes(ModelKind kind, Section s, List<Field> fields) {
    Map<String, List<Integer>> sizes = new HashMap<>();
    for (Size size : kind.sizes()) {
      List<Integer> read = size.read(s, fields);
      boolean lacks = !size.needs().isEmpty() && new Sizes(sizes).list(size.needs()).isEmpty();
      if (lacks && s.has(size.key())) {
        s.error(size.key(), "says nothing without %s; expected both".formatted(size.needs()));
      } else if (lacks) {
        s.noteNothing(size.key());
      } else {
        sizes.put(size.key(), read);
      }
    }
    return new Sizes(sizes);
  }
}
