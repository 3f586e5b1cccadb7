package io.freshet.job.deadletter;

import static java.util.Objects.requireNonNull;

import io.freshet.event.Rejection;

/**
 * A record that is no impression or click.
 *
 * @param kafkaTimestamp the record's own timestamp, epoch milliseconds
 * @param rejection what is wrong with it
 * @param value its bytes, null for a record without a value; not to be written to
 */
public record DeadLetter(
    String topic,
    int partition,
    long offset,
    long kafkaTimestamp,
    Rejection rejection,
    byte[] value) {

  public DeadLetter {
    requireNonNull(topic, "topic");
    requireNonNull(rejection, "rejection");
  }
}
