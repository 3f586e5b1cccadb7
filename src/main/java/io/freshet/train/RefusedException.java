package io.freshet.train;

import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/** A setting that the loop does not support: ends the job, as restarts do not help. */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
public final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public RefusedException(String message) {
    super(message);
  }
}
