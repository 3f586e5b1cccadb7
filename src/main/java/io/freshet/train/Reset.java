package io.freshet.train;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.Field;
import io.freshet.model.ModelSettings;
import io.freshet.model.dense.DenseShape;
import java.io.Serializable;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The parts of a restored state that start again from the seed, while all others go on. Whatever
 * they are, the mixture of experts starts again with them, so that it trusts the model again as
 * soon as it is worth it.
 *
 * @param state that it is for: what is written afterwards is not reset again when the job fails
 * @param dense whether the dense part starts again, its optimizer slots included
 * @param table whether all rows do
 * @param fields numbers of fields whose rows do
 */
public record Reset(String state, boolean dense, boolean table, Set<Integer> fields)
    implements Serializable {
  public static final Reset NONE = new Reset("", false, false, Set.of());

  private static final String DENSE = "dense";
  private static final String EMBEDDINGS = "embeddings";
  private static final String FIELD = "field:";

  public Reset {
    fields = Set.copyOf(fields);
  }

  /**
   * Reads the names of parts.
   *
   * @throws RefusedException for a name that is none, with all that are
   */
  public static Reset of(
      String state, List<String> parts, FeatureSchema schema, ModelSettings model) {
    Set<Integer> fields = new TreeSet<>();
    for (String part : parts) {
      if (part.startsWith(FIELD)) {
        fields.add(number(part, schema, model));
      } else if (!part.equals(EMBEDDINGS) && !(part.equals(DENSE) && hasDense(schema, model))) {
        throw unknown(part, schema, model);
      }
    }
    return new Reset(state, parts.contains(DENSE), parts.contains(EMBEDDINGS), fields);
  }

  private static int number(String part, FeatureSchema schema, ModelSettings model) {
    return schema.fields().stream()
        .filter(field -> part.equals(FIELD + field.name()))
        .findFirst()
        .map(Field::number)
        .orElseThrow(() -> unknown(part, schema, model));
  }

  private static boolean hasDense(FeatureSchema schema, ModelSettings model) {
    return DenseShape.of(schema, model).size() > 0;
  }

  private static RefusedException unknown(String part, FeatureSchema schema, ModelSettings model) {
    String fields =
        schema.fields().stream().map(f -> FIELD + f.name()).collect(Collectors.joining(", "));
    return new RefusedException(
        "--reset: %s is no part of this model (%s); expected one of %s%s, %s"
            .formatted(
                part,
                model.kind().key(),
                hasDense(schema, model) ? DENSE + ", " : "",
                EMBEDDINGS,
                fields));
  }

  public boolean isNone() {
    return !dense && !hasRows();
  }

  /** Whether any row starts again. */
  public boolean hasRows() {
    return table || !fields.isEmpty();
  }

  /** Whether the row of a feature starts again. */
  public boolean covers(long fid) {
    return table || fields.contains(Fids.field(fid));
  }
}
