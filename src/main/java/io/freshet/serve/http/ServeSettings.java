package io.freshet.serve.http;

import static java.util.Objects.requireNonNull;

import io.freshet.serve.limit.ConnectionLimits;
import io.freshet.serve.limit.ExplainLimits;
import io.freshet.serve.limit.RequestLimits;

/**
 * Where the server listens, and how much it takes on.
 *
 * @param bind the address; loopback unless others are meant to reach it
 * @param port 0 for any free one
 */
public record ServeSettings(
    String bind,
    int port,
    RequestLimits requests,
    ExplainLimits explain,
    ConnectionLimits connections) {
  public static final ServeSettings DEFAULT =
      new ServeSettings(
          "127.0.0.1",
          8500,
          RequestLimits.DEFAULT,
          ExplainLimits.DEFAULT,
          ConnectionLimits.DEFAULT);

  public ServeSettings {
    requireNonNull(bind, "bind");
    requireNonNull(requests, "requests");
    requireNonNull(explain, "explain");
    requireNonNull(connections, "connections");
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port " + port + " is not in 0..65535");
    }
  }

  public ServeSettings withAddress(String newBind, int newPort) {
    return new ServeSettings(newBind, newPort, requests, explain, connections);
  }
}
