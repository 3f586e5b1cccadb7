package io.freshet.cli.console;

import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.http.ModelServer;
import io.freshet.serve.http.ServeSettings;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** A server of predictions in this process, for the form where no other server runs. */
public final class EmbeddedServer implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(500);

  private final SnapshotFollower follower;
  private final ModelServer server;

  private EmbeddedServer(SnapshotStore snapshots) {
    follower = new SnapshotFollower(snapshots, InstantSource.system());
    server =
        new ModelServer(
            follower,
            Optional.empty(),
            ServeSettings.DEFAULT.withAddress(ConsoleSettings.LOOPBACK, 0));
  }

  /**
   * Starts a server on a free loopback port; it follows the root and keeps its rows on the heap.
   */
  public static EmbeddedServer start(SnapshotStore snapshots) throws IOException {
    EmbeddedServer own = new EmbeddedServer(snapshots);
    own.server.start();
    own.follower.start(POLL);
    return own;
  }

  public URI address() {
    return URI.create("http://" + ConsoleSettings.LOOPBACK + ":" + server.address().getPort());
  }

  @Override
  public void close() throws IOException {
    server.close();
    follower.close();
  }
}
