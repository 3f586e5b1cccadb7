package io.freshet.serve.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Reads a request's body as it comes, without holding a thread meanwhile: up to a number of bytes,
 * and within a time, however slowly its bytes drip in.
 */
final class BodyReader implements Runnable {
  private final Request request;
  private final int limit;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final CompletableFuture<byte[]> whole = new CompletableFuture<>();

  private BodyReader(Request request, int limit) {
    this.request = request;
    this.limit = limit;
  }

  /** The body; fails with a {@link HttpError}. */
  static CompletableFuture<byte[]> read(Request request, int limit, Duration patience) {
    BodyReader reader = new BodyReader(request, limit);
    if (request.getLength() > limit) {
      reader.whole.completeExceptionally(tooLarge(limit));
      return reader.whole;
    }
    Scheduler.Task timeout =
        request
            .getComponents()
            .getScheduler()
            .schedule(() -> reader.giveUp(patience), patience.toMillis(), TimeUnit.MILLISECONDS);
    reader.whole.whenComplete((bytes, failure) -> timeout.cancel());
    reader.run();
    return reader.whole;
  }

  /** Takes what is there, and asks to be called when there is more. */
  @Override
  public void run() {
    while (!whole.isDone()) {
      Content.Chunk chunk = request.read();
      if (chunk == null) {
        request.demand(this);
        return;
      }
      if (Content.Chunk.isFailure(chunk)) {
        fail(new HttpError(408, "the request did not come whole: " + chunk.getFailure()));
        return;
      }
      take(chunk);
    }
  }

  private void take(Content.Chunk chunk) {
    ByteBuffer bytes = chunk.getByteBuffer();
    boolean fits = body.size() + bytes.remaining() <= limit;
    if (fits) {
      body.writeBytes(BufferUtil.toArray(bytes));
    }
    boolean last = chunk.isLast();
    chunk.release();
    if (!fits) {
      fail(tooLarge(limit));
    } else if (last) {
      whole.complete(body.toByteArray());
    }
  }

  private void giveUp(Duration patience) {
    fail(new HttpError(408, "the body did not come within %s ms".formatted(patience.toMillis())));
  }

  private void fail(HttpError refusal) {
    whole.completeExceptionally(refusal);
  }

  private static HttpError tooLarge(int limit) {
    return new HttpError(413, "the body has more than " + limit + " bytes; send it in parts");
  }
}
