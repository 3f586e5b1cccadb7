package io.freshet.cli.console;

import io.freshet.serve.ModelServer;
import io.freshet.serve.ServeSettings;
import io.freshet.serve.SnapshotFollower;
import io.freshet.snapshot.SnapshotStore;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** A server of predictions in this process, where no other is there to score the form. */
public final class OwnServer implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(500);

  private final SnapshotFollower follower;
  private final ModelServer server;

  private OwnServer(SnapshotStore snapshots) {
    follower = new SnapshotFollower(snapshots, InstantSource.system());
    server =
        new ModelServer(
            follower,
            Optional.empty(),
            ServeSettings.DEFAULT.withAddress(ConsoleSettings.LOOPBACK, 0));
  }

  /** Starts one on a free port of loopback that follows the root, with its rows on the heap. */
  public static OwnServer start(SnapshotStore snapshots) throws IOException {
    OwnServer own = new OwnServer(snapshots);
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
