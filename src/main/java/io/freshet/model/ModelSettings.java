package io.freshet.model;

import java.util.List;

/**
 * The shape of the model.
 *
 * @param embeddingSize length k of the embedding vectors
 * @param hiddenLayers units of each hidden layer of the deep part, input side first; none leaves
 *     the deep part out
 * @param l2 L2 penalty on the parameters that an example touches, computed on read, never stored
 * @param seed rules every random start: a row's depends on it and the fid alone
 */
public record ModelSettings(int embeddingSize, List<Integer> hiddenLayers, float l2, long seed) {
  public static final ModelSettings DEFAULT = new ModelSettings(10, List.of(128, 64), 0, 42);

  public ModelSettings {
    hiddenLayers = List.copyOf(hiddenLayers);
    Checks.atLeastOne("embedding size", embeddingSize);
    hiddenLayers.forEach(units -> Checks.atLeastOne("units of a hidden layer", units));
    Checks.notNegative("l2", l2);
  }
}
