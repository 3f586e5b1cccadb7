package io.freshet.model.input;

import java.util.List;

/**
 * What a dense part is computed from.
 *
 * @param fields number of fields
 * @param embeddingSize length of each one's embedding
 * @param attentions of the sequences that attend to a target
 */
public record NetworkInputs(int fields, int embeddingSize, List<Attention> attentions) {
  public NetworkInputs {
    attentions = List.copyOf(attentions);
  }

  /** Fields of which none attends to another. */
  public NetworkInputs(int fields, int embeddingSize) {
    this(fields, embeddingSize, List.of());
  }

  public int units() {
    return Math.multiplyExact(fields, embeddingSize);
  }
}
