package io.freshet.serve.http;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Closes connections on which no request has begun or ended for so long that they can only be kept
 * open by the drip of a header that never ends: silent ones are closed by their idle time before.
 */
final class SlowHeaders extends AbstractLifeCycle {
  private static final int SWEEPS = 3; // longer than a request may take, its body included

  private final ServerConnector connector;
  private final Duration patience;
  private Map<EndPoint, Standstill> seen = new HashMap<>();
  private volatile Scheduler.Task next;

  /** How many requests had begun and ended on a connection, and for how many sweeps so. */
  private record Standstill(long begun, long ended, int sweeps) {

    Standstill then(Standstill now) {
      boolean same = now.begun == begun && now.ended == ended;
      return same ? new Standstill(begun, ended, sweeps + 1) : now;
    }
  }

  SlowHeaders(ServerConnector connector, Duration patience) {
    this.connector = connector;
    this.patience = patience;
  }

  @Override
  protected void doStart() {
    schedule();
  }

  @Override
  protected void doStop() {
    next.cancel();
  }

  private void schedule() {
    next =
        connector.getScheduler().schedule(this::sweep, patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void sweep() {
    Map<EndPoint, Standstill> now = new HashMap<>();
    for (EndPoint connection : connector.getConnectedEndPoints()) {
      if (connection.getConnection() == null) {
        continue;
      }
      Standstill found =
          new Standstill(
              connection.getConnection().getMessagesIn(),
              connection.getConnection().getMessagesOut(),
              0);
      Standstill standstill = seen.getOrDefault(connection, found).then(found);
      if (standstill.sweeps >= SWEEPS) {
        connection.close();
      } else {
        now.put(connection, standstill);
      }
    }
    seen = now;
    if (isRunning()) {
      schedule();
    }
  }
}
