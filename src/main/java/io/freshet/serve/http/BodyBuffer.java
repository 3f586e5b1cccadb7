package io.freshet.serve.http;

import io.freshet.serve.request.ByteBudget;
import io.freshet.serve.request.HttpError;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * A body as far as it has come, in blocks that grow with it: what has not come yet holds nothing.
 * Its blocks are taken from the budget until it is closed. Thread-safe.
 */
final class BodyBuffer implements AutoCloseable {
  private static final int SMALLEST = 1 << 10;
  private static final int LARGEST = 1 << 16;
  private static final int OVERHEAD = 64; // the objects around a block

  private final ByteBudget budget;
  private final int limit;
  private final String excess;
  private final List<ByteBuffer> blocks = new ArrayList<>();
  private int size;
  private long taken;
  private boolean closed;

  BodyBuffer(ByteBudget budget, int limit) {
    this(budget, limit, "has");
  }

  private BodyBuffer(ByteBudget budget, int limit, String excess) {
    this.budget = budget;
    this.limit = limit;
    this.excess = excess;
  }

  /** Adds bytes; a closed buffer ignores them. */
  synchronized void add(ByteBuffer bytes) throws HttpError {
    if (bytes.remaining() > limit - size) {
      throw tooLarge();
    }
    while (!closed && bytes.hasRemaining()) {
      ByteBuffer block = blocks.isEmpty() ? grow() : blocks.get(blocks.size() - 1);
      block = block.hasRemaining() ? block : grow();
      int count = Math.min(block.remaining(), bytes.remaining());
      block.put(bytes.slice(bytes.position(), count));
      bytes.position(bytes.position() + count);
      size += count;
    }
  }

  private ByteBuffer grow() throws HttpError {
    int length = Math.min(LARGEST, Math.max(SMALLEST, size));
    budget.takeOrRefuse(length + OVERHEAD);
    taken += length + OVERHEAD;
    ByteBuffer block = ByteBuffer.allocate(length);
    blocks.add(block);
    return block;
  }

  HttpError tooLarge() {
    return new HttpError(
        413, "the body %s more than %s bytes; send it in parts".formatted(excess, limit));
  }

  synchronized int size() {
    return size;
  }

  /** The bytes, once all have come. */
  synchronized InputStream stream() {
    List<InputStream> parts = new ArrayList<>(blocks.size());
    for (ByteBuffer block : blocks) {
      parts.add(new ByteArrayInputStream(block.array(), 0, block.position()));
    }
    return parts.size() == 1
        ? parts.get(0)
        : new SequenceInputStream(Collections.enumeration(parts));
  }

  /** What gzip packed into this body. */
  BodyBuffer unpack(int most) throws HttpError {
    BodyBuffer plain = new BodyBuffer(budget, most, "unpacks to");
    boolean done = false;
    try (InputStream in = new GZIPInputStream(stream())) {
      byte[] piece = new byte[1 << 13];
      for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
        plain.add(ByteBuffer.wrap(piece, 0, count));
      }
      done = true;
      return plain;
    } catch (IOException e) {
      throw new HttpError(400, "the body is not gzip, as Content-Encoding says: " + e.getMessage());
    } finally {
      if (!done) {
        plain.close();
      }
    }
  }

  /** Gives the bytes back. */
  @Override
  public synchronized void close() {
    closed = true;
    blocks.clear();
    budget.give(taken);
    taken = 0;
  }
}
