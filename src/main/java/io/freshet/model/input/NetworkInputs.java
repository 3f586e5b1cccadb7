package io.freshet.model.input;

import io.freshet.model.layer.Layer;
import java.util.ArrayList;
import java.util.List;

/**
 * What a dense part is computed from.
 *
 * @param fields number of fields
 * @param embeddingSize length of each one's embedding
 * @param attentions of the sequences that attend to a target
 * @param projections of the fields whose rows hold less
 */
public record NetworkInputs(
    int fields, int embeddingSize, List<Attention> attentions, List<Projection> projections) {
  public NetworkInputs {
    attentions = List.copyOf(attentions);
    projections = List.copyOf(projections);
  }

  /** Fields of which none attends to another or has shorter rows. */
  public NetworkInputs(int fields, int embeddingSize) {
    this(fields, embeddingSize, List.of(), List.of());
  }

  /** Whether a layer belongs to the inputs, not to what makes a term of the logit of them. */
  public static boolean isOne(Layer layer) {
    return Attention.isOne(layer) || Projection.isOne(layer);
  }

  /** The layers that belong to the inputs, not placed yet. */
  public List<Layer> layers() {
    List<Layer> layers = new ArrayList<>();
    attentions.forEach(attention -> layers.addAll(attention.layers(embeddingSize)));
    projections.forEach(projection -> layers.add(projection.layer(embeddingSize)));
    return layers;
  }

  public int units() {
    return Math.multiplyExact(fields, embeddingSize);
  }
}
