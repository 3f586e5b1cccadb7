package io.freshet.model;

import static io.freshet.config.option.ValueType.anyWholeNumber;
import static io.freshet.config.option.ValueType.number;
import static io.freshet.config.option.ValueType.wholeNumber;

import io.freshet.config.option.Kind;
import io.freshet.config.option.Section;
import java.util.Arrays;
import java.util.List;

/** The options of the section {@code model}. */
public final class ModelOptions {
  private ModelOptions() {}

  public static ModelSettings read(Section s) {
    List<Kind<ModelSettings>> kinds =
        Arrays.stream(ModelKind.values())
            .map(kind -> new Kind<>(kind.key(), kind.sentence(), k -> read(kind, k)))
            .toList();
    return s.kind(
        "kind",
        kinds,
        ModelKind.DEEPFM.key(),
        "Which terms the model has in addition to the first order.");
  }

  private static ModelSettings read(ModelKind kind, Section s) {
    return new ModelSettings(
        kind,
        kind.embeds()
            ? s.get("embedding-size", wholeNumber(1, 512), 10, "Length of the embedding vectors.")
            : 0,
        kind.deep()
            ? s.list(
                "hidden-layers",
                wholeNumber(1, 8192),
                List.of(128, 64),
                "Units of each hidden layer, input side first; `[]` leaves the deep part out.")
            : List.of(),
        kind.crosses()
            ? s.get("cross-layers", wholeNumber(1, 16), 2, "Number of cross layers.")
            : 0,
        s.get("l2", number(0, 1000), 0f, "L2 penalty on the parameters that an example touches."),
        s.get("seed", anyWholeNumber(), 42L, "Seed of every random start."));
  }
}
