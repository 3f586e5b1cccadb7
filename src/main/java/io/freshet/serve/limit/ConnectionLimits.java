package io.freshet.serve.limit;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How many connections there may be, and for how long.
 *
 * @param most connections; others wait to be accepted
 * @param idle how long a connection may stay without a request; longer than a load balancer's, so
 *     that the balancer never sends into a connection that is being closed
 * @param drain how long a server that is to stop goes on answering while it calls itself not ready
 * @param stop how long a stop waits for requests in flight
 */
public record ConnectionLimits(int most, Duration idle, Duration drain, Duration stop) {
  public static final ConnectionLimits DEFAULT =
      new ConnectionLimits(
          4096, Duration.ofSeconds(65), Duration.ofSeconds(5), Duration.ofSeconds(10));

  public ConnectionLimits {
    requireNonNull(idle, "idle");
    requireNonNull(drain, "drain");
    requireNonNull(stop, "stop");
    if (most < 1) {
      throw new IllegalArgumentException("connections " + most + " must be at least 1");
    }
    if (idle.isNegative() || idle.isZero()) {
      throw new IllegalArgumentException("the idle time is " + idle + "; expected more");
    }
    if (drain.isNegative()) {
      throw new IllegalArgumentException("the drain is " + drain + "; expected 0 or more");
    }
  }
}
