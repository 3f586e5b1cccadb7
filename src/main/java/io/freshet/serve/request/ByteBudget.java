package io.freshet.serve.request;

import java.util.concurrent.atomic.AtomicLong;

/** The bytes that bodies and responses of all requests hold. Thread-safe. */
public final class ByteBudget {
  private final long most;
  private final AtomicLong held = new AtomicLong();

  public ByteBudget(long most) {
    this.most = most;
  }

  /** Takes bytes for a body, which is refused where they are not there. */
  public void takeOrRefuse(long bytes) throws HttpError {
    if (held.addAndGet(bytes) > most) {
      held.addAndGet(-bytes);
      throw new HttpError(
          429, "the bodies in flight hold %s bytes, as many as allowed".formatted(most));
    }
  }

  /** Takes bytes for what exists already; the next bodies are refused for it. */
  public void take(long bytes) {
    held.addAndGet(bytes);
  }

  public void give(long bytes) {
    held.addAndGet(-bytes);
  }

  public long held() {
    return held.get();
  }
}
