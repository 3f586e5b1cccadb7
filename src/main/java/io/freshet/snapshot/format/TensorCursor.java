package io.freshet.snapshot.format;

import io.freshet.snapshot.storage.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The elements of one tensor in a file, from the first to the last, a chunk in memory at a time.
 *
 * <p>Each chunk is read on its own, so that nothing stays open between.
 */
public final class TensorCursor {
  private final Storage storage;
  private final String path;
  private final int elementBytes;
  private final ByteBuffer chunk;
  private long from;
  private long left;

  /**
   * @param from the tensor's place in the file
   * @param elements number of elements
   * @param chunkElements how many are read at once
   */
  public TensorCursor(
      Storage storage, String path, long from, long elements, int elementBytes, int chunkElements) {
    this.storage = storage;
    this.path = path;
    this.from = from;
    this.left = elements;
    this.elementBytes = elementBytes;
    int capacity = (int) Math.min(elements, chunkElements) * elementBytes;
    chunk = ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN).limit(0);
  }

  public boolean hasNext() {
    return left > 0;
  }

  public long nextLong() throws IOException {
    fill();
    left--;
    return chunk.getLong();
  }

  /** Reads one element of several floats. */
  public void nextFloats(float[] to) throws IOException {
    fill();
    left--;
    for (int i = 0; i < to.length; i++) {
      to[i] = chunk.getFloat();
    }
  }

  private void fill() throws IOException {
    if (chunk.hasRemaining()) {
      return;
    }
    int bytes = (int) Math.min(left * elementBytes, chunk.capacity());
    try (InputStream in = storage.open(path, from)) {
      if (in.readNBytes(chunk.array(), 0, bytes) < bytes) {
        throw new IOException(path + " in " + storage + " ends too early");
      }
    }
    chunk.position(0).limit(bytes);
    from += bytes;
  }
}
