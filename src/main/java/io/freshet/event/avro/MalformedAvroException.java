package io.freshet.event.avro;

import io.freshet.event.Rejection;
import java.io.IOException;

/**
 * Bytes that are not what their schema says. Has no stack trace: a flood of bad records must stay
 * cheap.
 */
final class MalformedAvroException extends IOException {
  private static final long serialVersionUID = 1L;

  private final Rejection.Kind kind;

  MalformedAvroException(Rejection.Kind kind, String reason) {
    super(reason);
    this.kind = kind;
  }

  Rejection.Kind kind() {
    return kind;
  }

  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // nothing is touched
  public Throwable fillInStackTrace() {
    return this;
  }
}
