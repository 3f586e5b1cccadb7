package io.freshet.cli.console.source;

import org.apache.kafka.common.errors.InterruptException;

/** Kafka's way of saying that a thread was interrupted, said in Java's. */
public final class Interruptions {
  private Interruptions() {}

  /** Clears the flag that Kafka has set, for the exception says the same. */
  public static InterruptedException of(InterruptException e) {
    Thread.interrupted();
    InterruptedException interrupted = new InterruptedException(e.getMessage());
    interrupted.initCause(e);
    return interrupted;
  }
}
