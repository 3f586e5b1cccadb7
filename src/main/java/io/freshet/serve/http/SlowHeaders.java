package io.freshet.serve.http;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Closes connections on which bytes have come but no request has begun or ended for so long that
 * only the drip of a header that never ends can be the reason. Silent ones have their idle time.
 */
final class SlowHeaders extends AbstractLifeCycle {
  private static final Standstill NEW = new Standstill(0, 0, 0, 0);
  private static final int SWEEPS = 3; // longer than a request may take, its body included

  private final ServerConnector connector;
  private final Duration patience;
  private Map<EndPoint, Standstill> seen = new HashMap<>();
  private volatile Scheduler.Task next;

  /**
   * How many requests had begun and ended on a connection when how many bytes had come, and for how
   * many sweeps more bytes have been all that happened.
   */
  private record Standstill(long begun, long ended, long bytes, int sweeps) {
    static Standstill of(Connection connection) {
      return new Standstill(
          connection.getMessagesIn(), connection.getMessagesOut(), connection.getBytesIn(), 0);
    }

    Standstill then(Standstill now) {
      if (now.begun != begun || now.ended != ended) {
        return now;
      }
      return now.bytes == bytes ? this : new Standstill(begun, ended, bytes, sweeps + 1);
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
      Standstill standstill =
          seen.getOrDefault(connection, NEW).then(Standstill.of(connection.getConnection()));
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
