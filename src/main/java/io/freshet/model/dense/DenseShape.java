package io.freshet.model.dense;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Field;
import io.freshet.feature.SequenceField;
import io.freshet.model.ModelSettings;
import io.freshet.model.NetworkSettings;
import io.freshet.model.input.Attention;
import io.freshet.model.input.NetworkInputs;
import io.freshet.model.input.Projection;
import io.freshet.model.layer.Layer;
import io.freshet.model.layer.Layers;
import io.freshet.model.network.Networks;
import java.util.ArrayList;
import java.util.List;

/**
 * The order of the dense parameters in one vector: layer by layer, each one's weights [in, out] row
 * by row, then its biases [out] and, where its units are normalized, their scales [out].
 *
 * @param inputs what the dense part is computed from
 * @param network its settings
 * @param placed its layers; none where the model has no dense part
 */
public record DenseShape(NetworkInputs inputs, NetworkSettings network, Layers placed) {

  /** The shape for a number of fields, each an embedding of the model's size. */
  public static DenseShape of(int fields, ModelSettings model) {
    return of(fields, model, false);
  }

  public static DenseShape of(FeatureSchema schema, ModelSettings model) {
    return of(schema, model, false);
  }

  public static DenseShape of(FeatureSchema schema, ModelSettings model, boolean normalized) {
    List<Attention> attentions = new ArrayList<>();
    for (Field field : schema.fields()) {
      if (field instanceof SequenceField sequence && sequence.attends()) {
        attentions.add(new Attention(sequence.number(), sequence.attention().units()));
      }
    }
    List<Projection> projections = new ArrayList<>();
    for (Field field : schema.fields()) {
      int size = model.embeddingSize(field.number());
      checkShared(field, size, schema, model);
      if (size < model.embeddingSize()) {
        projections.add(new Projection(field.number(), size));
      }
    }
    NetworkInputs inputs =
        new NetworkInputs(schema.size(), model.embeddingSize(), attentions, projections);
    return of(inputs, model.network(), normalized);
  }

  private static void checkShared(
      Field field, int size, FeatureSchema schema, ModelSettings model) {
    if (!field.shares().isEmpty()) {
      int owner = schema.fields().get(schema.index(field.shares())).number();
      if (model.embeddingSize(owner) != size) {
        throw new IllegalArgumentException(
            "field %s has embeddings of %s, and the rows of %s, of %s; expected one size"
                .formatted(field.name(), size, field.shares(), model.embeddingSize(owner)));
      }
    }
  }

  public static DenseShape of(int fields, ModelSettings model, boolean normalized) {
    return of(new NetworkInputs(fields, model.embeddingSize()), model.network(), normalized);
  }

  static DenseShape of(NetworkInputs inputs, NetworkSettings network, boolean normalized) {
    return new DenseShape(inputs, network, Networks.layers(inputs, network, normalized));
  }

  /** Whether layers make a term of the logit. */
  public boolean hasNetwork() {
    return !layers().stream().allMatch(NetworkInputs::isOne);
  }

  /** All layers, in the vector's order. */
  public List<Layer> layers() {
    return placed.all();
  }

  public int size() {
    return placed.size();
  }

  /** The tensors, in the vector's order. */
  public List<DenseTensor> tensors() {
    List<DenseTensor> tensors = new ArrayList<>();
    for (Layer l : layers()) {
      if (l.in() > 0) {
        tensors.add(new DenseTensor(l.name() + ".weight", List.of(l.in(), l.out()), l.weights()));
      }
      if (l.biased()) {
        tensors.add(new DenseTensor(l.name() + ".bias", List.of(l.out()), l.biases()));
      }
      if (l.normalized()) {
        tensors.add(new DenseTensor(l.name() + ".scale", List.of(l.out()), l.scales()));
      }
    }
    return tensors;
  }
}
