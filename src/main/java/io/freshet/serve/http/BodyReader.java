package io.freshet.serve.http;

import io.freshet.serve.limit.RequestLimits;
import io.freshet.serve.request.ByteBudget;
import io.freshet.serve.request.HttpError;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Reads a request's body as it comes, without holding a thread meanwhile: up to a number of bytes,
 * and within a time, however slowly its bytes drip in.
 */
final class BodyReader implements Runnable {
  private final Request request;
  private final BodyBuffer body;
  private final CompletableFuture<BodyBuffer> whole = new CompletableFuture<>();

  private BodyReader(Request request, BodyBuffer body) {
    this.request = request;
    this.body = body;
  }

  /** The body, to be closed; fails with a {@link HttpError} or what was thrown. */
  static CompletableFuture<BodyBuffer> read(
      Request request, RequestLimits limits, ByteBudget budget) {
    BodyReader reader = new BodyReader(request, new BodyBuffer(budget, limits.bodyBytes()));
    if (request.getLength() > limits.bodyBytes()) {
      reader.fail(reader.body.tooLarge());
      return reader.whole;
    }
    long time = limits.time().toMillis();
    Scheduler.Task timeout =
        request
            .getComponents()
            .getScheduler()
            .schedule(() -> reader.giveUp(time), time, TimeUnit.MILLISECONDS);
    reader.whole.whenComplete((bytes, failure) -> timeout.cancel());
    reader.run();
    return reader.whole;
  }

  /** Takes what is there, and asks to be called when there is more. */
  @Override
  public void run() {
    try {
      while (!whole.isDone()) {
        Content.Chunk chunk = request.read();
        if (chunk == null) {
          request.demand(this);
          return;
        }
        take(chunk);
      }
    } catch (Throwable e) { // nobody else would answer
      fail(e);
    }
  }

  private void take(Content.Chunk chunk) throws HttpError {
    if (Content.Chunk.isFailure(chunk)) {
      throw new HttpError(408, "the request did not come whole: " + chunk.getFailure());
    }
    boolean last = chunk.isLast();
    try {
      body.add(chunk.getByteBuffer());
    } finally {
      chunk.release();
    }
    if (last) {
      whole.complete(body);
    }
  }

  private void giveUp(long millis) {
    fail(new HttpError(408, "the body did not come within %s ms".formatted(millis)));
  }

  private void fail(Throwable failure) {
    if (whole.completeExceptionally(failure)) {
      body.close();
    }
  }
}
