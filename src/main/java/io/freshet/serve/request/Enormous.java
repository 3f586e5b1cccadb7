package io.freshet.serve.request;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.Field;
import io.freshet.feature.example.Example;
import java.util.Optional;

/** Finds the number in an example that no network computes with. */
public final class Enormous {
  private static final float BOUND = 1e6f; // far beyond what any transform of a sane number gives

  private Enormous() {}

  /** The field whose value is largest, if it is beyond all measure. */
  public static Optional<String> field(Example example, FeatureSchema schema) {
    int worst = 0;
    for (int i = 1; i < example.occurrences(); i++) {
      if (size(example, i) > size(example, worst)) {
        worst = i;
      }
    }
    int number = Fids.field(example.fids()[worst]);
    return size(example, worst) <= BOUND
        ? Optional.empty()
        : schema.fields().stream()
            .filter(field -> field.number() == number)
            .map(Field::name)
            .findFirst();
  }

  private static float size(Example example, int at) {
    float size = Math.abs(example.values()[at]);
    return Float.isNaN(size) ? Float.POSITIVE_INFINITY : size;
  }
}
