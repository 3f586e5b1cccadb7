package io.freshet.serve.limit;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How many connections there may be, and for how long.
 *
 * @param most connections; others wait to be accepted
 * @param idle how long a connection may stay without a request; longer than a load balancer's, so
 *     that the balancer never sends into a connection that is being closed
 * @param stop how long a stop waits for requests in flight
 */
public record ConnectionLimits(int most, Duration idle, Duration stop) {
  public static final ConnectionLimits DEFAULT =
      new ConnectionLimits(4096, Duration.ofSeconds(65), Duration.ofSeconds(10));

  public ConnectionLimits {
    requireNonNull(idle, "idle");
    requireNonNull(stop, "stop");
    if (most < 1) {
      throw new IllegalArgumentException("connections " + most + " must be at least 1");
    }
    if (idle.isNegative() || idle.isZero()) {
      throw new IllegalArgumentException("the idle time is " + idle + "; expected more");
    }
  }
}
