package io.freshet.model.input;

import io.freshet.model.layer.Layer;
import java.util.List;

/**
 * The parameters by which a sequence attends to its target: those of DIN's activation unit, a
 * hidden layer and a linear unit over the embeddings of the target and of a value and their
 * product.
 *
 * @param field number of the sequence's field
 * @param units of the hidden layer; 0 for a scaled dot product, which has no parameters
 */
public record Attention(int field, int units) {
  static final String PREFIX = "attention.";
  private static final String HIDDEN = ".0";

  List<Layer> layers(int embeddingSize) {
    return units == 0 || embeddingSize == 0
        ? List.of()
        : List.of(
            Layer.of(group() + HIDDEN, 3 * embeddingSize, units),
            Layer.of(group() + ".out", units, 1));
  }

  String group() {
    return PREFIX + field;
  }

  /** Whether a layer is one of these. */
  public static boolean isOne(Layer layer) {
    return layer.name().startsWith(PREFIX);
  }

  /** Whether it is the hidden one, over the embeddings that are compared and their product. */
  public static boolean compares(Layer layer) {
    return isOne(layer) && layer.name().endsWith(HIDDEN);
  }
}
