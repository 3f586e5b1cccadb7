package io.freshet.serve.http;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * Where the server listens, and how much it takes on.
 *
 * @param bind the address; loopback unless others are meant to reach it
 * @param port 0 for any free one
 * @param maxBodyBytes of a request, else 413
 * @param maxInstances of a request, else 413
 * @param maxRequests predictions in flight, else 429
 * @param patience how long a request may take, its wait for a processor included, else 503; also
 *     how long a client may be silent
 * @param stopPatience how long a stop waits for requests in flight
 */
public record ServeSettings(
    String bind,
    int port,
    int maxBodyBytes,
    int maxInstances,
    int maxRequests,
    Duration patience,
    Duration stopPatience) {
  public static final ServeSettings DEFAULT =
      new ServeSettings(
          "127.0.0.1", 8500, 16 << 20, 10_000, 64, Duration.ofSeconds(10), Duration.ofSeconds(10));

  public ServeSettings {
    requireNonNull(bind, "bind");
    requireNonNull(patience, "patience");
    requireNonNull(stopPatience, "stopPatience");
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port " + port + " is not in 0..65535");
    }
    if (maxBodyBytes < 1 || maxInstances < 1 || maxRequests < 1) {
      throw new IllegalArgumentException(
          "body bytes %s, instances %s and requests %s must be at least 1"
              .formatted(maxBodyBytes, maxInstances, maxRequests));
    }
  }

  public ServeSettings withAddress(String newBind, int newPort) {
    return new ServeSettings(
        newBind, newPort, maxBodyBytes, maxInstances, maxRequests, patience, stopPatience);
  }
}
