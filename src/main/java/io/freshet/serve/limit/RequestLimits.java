package io.freshet.serve.limit;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * What requests for predictions may take.
 *
 * @param bodyBytes of a body as it is sent, else 413
 * @param unpackedBytes of a compressed body once unpacked, else 413
 * @param instances of a request, else 413
 * @param waiting requests whose body is complete and whose response is not, else 429
 * @param bytesInFlight that all bodies and unread responses hold, else 429
 * @param time for a request, its wait for a processor included, else 503
 */
public record RequestLimits(
    int bodyBytes,
    int unpackedBytes,
    int instances,
    int waiting,
    long bytesInFlight,
    Duration time) {
  /** For a heap of 1 GiB; of a smaller one the bodies hold an eighth, as of a larger one. */
  public static final RequestLimits DEFAULT =
      new RequestLimits(
          16 << 20,
          32 << 20,
          10_000,
          64,
          Math.max(1 << 20, Runtime.getRuntime().maxMemory() / 8),
          Duration.ofSeconds(10));

  public RequestLimits {
    requireNonNull(time, "time");
    if (bodyBytes < 1 || unpackedBytes < 1 || instances < 1 || waiting < 1 || bytesInFlight < 1) {
      throw new IllegalArgumentException(
          "body bytes %s, unpacked bytes %s, instances %s, requests %s and bytes in flight %s must be at least 1"
              .formatted(bodyBytes, unpackedBytes, instances, waiting, bytesInFlight));
    }
    if (time.isNegative() || time.isZero()) {
      throw new IllegalArgumentException("the time of a request is " + time + "; expected more");
    }
  }
}
