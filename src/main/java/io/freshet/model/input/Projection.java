package io.freshet.model.input;

import io.freshet.model.layer.Layer;

/**
 * The parameters that bring the embedding of a field whose rows are shorter to the model's size: a
 * matrix [size, k] that starts as the identity.
 *
 * @param field its number
 * @param size of the embeddings in its rows
 */
public record Projection(int field, int size) {
  private static final String PREFIX = "projection.";

  Layer layer(int embeddingSize) {
    return Layer.of(PREFIX + field, size, embeddingSize)
        .unbiased()
        .startingAs(Layer.Start.IDENTITY);
  }

  /** Whether a layer is one. */
  public static boolean isOne(Layer layer) {
    return layer.name().startsWith(PREFIX);
  }
}
