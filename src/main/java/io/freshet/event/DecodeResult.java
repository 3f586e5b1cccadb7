package io.freshet.event;

import static java.util.Objects.requireNonNull;

/**
 * The result of decoding one record: a good value, or a rejection that goes to the dead letters.
 *
 * @param <T> the type of a good value
 */
public sealed interface DecodeResult<T> {

  /**
   * A good value.
   *
   * @param ignored number of keys and features of the record that are not read
   */
  record Good<T>(T value, int ignored) implements DecodeResult<T> {
    public Good {
      requireNonNull(value, "value");
    }
  }

  record Rejected<T>(Rejection rejection) implements DecodeResult<T> {
    public Rejected {
      requireNonNull(rejection, "rejection");
    }
  }
}
