package io.freshet.kafka;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;

/** Turns failures of Kafka's clients into Java's checked exceptions, all with one wording. */
public final class KafkaErrors {
  private KafkaErrors() {}

  /** Kafka answers, but not to this client. */
  static final class ForbiddenException extends IOException {
    private static final long serialVersionUID = 1;

    ForbiddenException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * A failed request.
   *
   * @param what was asked for, such as {@code topic clicks}
   */
  static IOException failure(String what, KafkaClients kafka, Throwable cause) {
    if (cause instanceof TimeoutException) {
      return new IOException(
          "no answer from Kafka at %s within %s s (%s); is it running?"
              .formatted(kafka.servers(), kafka.timeout().toSeconds(), what),
          cause);
    }
    String message =
        "Kafka request failed: %s at %s: %s".formatted(what, kafka.servers(), cause.getMessage());
    return cause instanceof AuthorizationException
        ? new ForbiddenException(message, cause)
        : new IOException(message, cause);
  }

  /** The answer to a request. */
  static <T> T answer(KafkaFuture<T> request, String what, KafkaClients kafka)
      throws IOException, InterruptedException {
    try {
      return request.get();
    } catch (ExecutionException e) {
      throw failure(what, kafka, e.getCause());
    }
  }

  /** A use of a client whose calls wait, such as a consumer. */
  @FunctionalInterface
  public interface Call<T> {
    T call() throws IOException;
  }

  /** Runs it; Kafka's unchecked exceptions become the checked ones that they stand for. */
  public static <T> T checked(String what, KafkaClients kafka, Call<T> call)
      throws IOException, InterruptedException {
    try {
      return call.call();
    } catch (InterruptException e) {
      throw interrupted(e);
    } catch (KafkaException e) {
      throw failure(what, kafka, e);
    }
  }

  /** Clears the flag that Kafka has set, as the exception says the same. */
  public static InterruptedException interrupted(InterruptException e) {
    Thread.interrupted();
    InterruptedException interrupted = new InterruptedException(e.getMessage());
    interrupted.initCause(e);
    return interrupted;
  }
}
