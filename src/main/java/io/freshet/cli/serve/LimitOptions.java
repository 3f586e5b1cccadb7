package io.freshet.cli.serve;

import io.freshet.serve.http.ServeSettings;
import io.freshet.serve.limit.ConnectionLimits;
import io.freshet.serve.limit.ExplainLimits;
import io.freshet.serve.limit.RequestLimits;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How much the server takes on; the defaults are for a heap of 1 GiB. */
final class LimitOptions {
  private static final int MIB = 1 << 20;
  private static final RequestLimits REQUESTS = RequestLimits.DEFAULT;
  private static final ConnectionLimits CONNECTIONS = ConnectionLimits.DEFAULT;

  @Option(names = "--max-body", paramLabel = "MIB", description = "MiB of a request's body.")
  private int body = REQUESTS.bodyBytes() / MIB;

  @Option(
      names = "--max-unpacked",
      paramLabel = "MIB",
      description = "MiB that a gzip body may unpack to.")
  private int unpacked = REQUESTS.unpackedBytes() / MIB;

  @Option(names = "--max-instances", paramLabel = "N", description = "Instances of a request.")
  private int instances = REQUESTS.instances();

  @Option(
      names = "--max-requests",
      paramLabel = "N",
      description = "Requests whose body is complete and that wait or are computed.")
  private int requests = REQUESTS.waiting();

  @Option(
      names = "--max-in-flight",
      paramLabel = "MIB",
      description =
          "MiB that the bodies and responses of all requests hold; an eighth of the heap by"
              + " default.")
  private Integer inFlight;

  @Option(
      names = "--request-time",
      paramLabel = "MILLIS",
      description = "Milliseconds for a request's body, and for its answer.")
  private long requestMillis = REQUESTS.time().toMillis();

  @Option(
      names = "--explain-requests",
      paramLabel = "N",
      description = "Explanations in flight; 0 switches them off.")
  private int explainRequests = ExplainLimits.DEFAULT.waiting();

  @Option(
      names = "--explain-instances",
      paramLabel = "N",
      description = "Instances of a request for explanations.")
  private int explainInstances = ExplainLimits.DEFAULT.instances();

  @Option(names = "--max-connections", paramLabel = "N", description = "Open connections.")
  private int connections = CONNECTIONS.most();

  @Option(
      names = "--idle",
      paramLabel = "SECONDS",
      description =
          "Seconds that a connection may stay without a request; longer than those of a load"
              + " balancer in front.")
  private long idleSeconds = CONNECTIONS.idle().toSeconds();

  @Option(
      names = "--drain",
      paramLabel = "SECONDS",
      description =
          "Seconds that it goes on answering after SIGTERM, not ready, for balancers to notice.")
  private long drainSeconds = CONNECTIONS.drain().toSeconds();

  /** The settings of a server at an address. */
  ServeSettings settings(String bind, int port) {
    return new ServeSettings(
        bind,
        port,
        new RequestLimits(
            bytes("--max-body", body),
            bytes("--max-unpacked", unpacked),
            instances,
            requests,
            inFlight == null ? REQUESTS.bytesInFlight() : (long) inFlight * MIB,
            Duration.ofMillis(requestMillis)),
        new ExplainLimits(explainRequests, explainInstances),
        new ConnectionLimits(
            connections,
            Duration.ofSeconds(idleSeconds),
            Duration.ofSeconds(drainSeconds),
            CONNECTIONS.stop()));
  }

  private static int bytes(String option, int mib) {
    if (mib < 1 || mib > 1024) {
      throw new IllegalArgumentException(option + " " + mib + " is not in 1..1024");
    }
    return (int) Math.min(Integer.MAX_VALUE, (long) mib * MIB);
  }
}
