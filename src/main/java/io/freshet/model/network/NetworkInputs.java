package io.freshet.model.network;

/**
 * What a dense part is computed from.
 *
 * @param fields number of fields
 * @param embeddingSize length of each one's embedding
 */
public record NetworkInputs(int fields, int embeddingSize) {
  public int units() {
    return Math.multiplyExact(fields, embeddingSize);
  }
}
