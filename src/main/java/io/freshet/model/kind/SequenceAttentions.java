package io.freshet.model.kind;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.ParallelField;
import io.freshet.feature.SequenceField;
import io.freshet.model.dense.DenseShape;
import io.freshet.model.input.Attention;
import io.freshet.model.input.TargetAttention;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The attentions of a model's sequences, and which of them the values of a field go through.
 *
 * @param byField by index of the field; null where it has none
 * @param lists by index of the field: which of that attention's
 */
record SequenceAttentions(List<TargetAttention> all, TargetAttention[] byField, int[] lists) {

  /**
   * Those of a schema.
   *
   * @param sizes of the embeddings in rows, by index of the field; at most k
   */
  static SequenceAttentions of(FeatureSchema schema, int k, int[] sizes, DenseShape shape) {
    SequenceAttentions attentions =
        new SequenceAttentions(
            new ArrayList<>(), new TargetAttention[schema.size()], new int[schema.size()]);
    for (int index = 0; k > 0 && index < schema.size(); index++) {
      if (schema.fields().get(index) instanceof SequenceField sequence && sequence.attends()) {
        attentions.add(sequence, schema, k, sizes, shape);
      }
    }
    return attentions;
  }

  private void add(
      SequenceField sequence, FeatureSchema schema, int k, int[] sizes, DenseShape shape) {
    SequenceField.Attention by = sequence.attention();
    List<ParallelField> along = schema.along(sequence);
    int[] of = new int[1 + along.size()];
    Arrays.setAll(of, l -> schema.index(l == 0 ? sequence.name() : along.get(l - 1).name()));
    int[] targets =
        Stream.concat(Stream.of(by.target()), along.stream().map(ParallelField::target))
            .filter(target -> !target.isEmpty())
            .mapToInt(schema::index)
            .toArray();
    TargetAttention attention =
        new TargetAttention(
            new Attention(sequence.number(), by.units()),
            k,
            of,
            Arrays.stream(of).map(list -> sizes[list]).toArray(),
            targets,
            by.softmax(),
            shape.placed());
    for (int list = 0; list < of.length; list++) {
      byField[of[list]] = attention;
      lists[of[list]] = list;
    }
    all.add(attention);
  }
}
