package io.freshet.cli.serve;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Hands each connection to the next of the servers on this machine that say they are ready. */
final class TcpBalancer implements AutoCloseable {
  private static final int PROBE_MILLIS = 100;

  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final Set<Integer> servers = ConcurrentHashMap.newKeySet();
  private final Set<Integer> ready = ConcurrentHashMap.newKeySet();
  private final AtomicInteger turn = new AtomicInteger();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  TcpBalancer() throws IOException {
    threads.execute(this::accept);
    threads.execute(this::probe);
  }

  int port() {
    return listener.getLocalPort();
  }

  void add(int server) {
    servers.add(server);
  }

  void remove(int server) {
    servers.remove(server);
  }

  boolean isReady(int server) {
    return ready.contains(server);
  }

  private void probe() {
    while (!listener.isClosed()) {
      for (int server : servers) {
        if (saysReady(server)) {
          ready.add(server);
        } else {
          ready.remove(server);
        }
      }
      ready.retainAll(servers);
      try {
        Thread.sleep(PROBE_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static boolean saysReady(int server) {
    try {
      HttpURLConnection probe =
          (HttpURLConnection)
              URI.create("http://127.0.0.1:" + server + "/readyz").toURL().openConnection();
      probe.setConnectTimeout(1000);
      probe.setReadTimeout(1000);
      return probe.getResponseCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        List<Integer> choice = List.copyOf(ready);
        Socket server = new Socket("127.0.0.1", choice.get(turn.getAndIncrement() % choice.size()));
        threads.execute(() -> pipe(client, server));
        threads.execute(() -> pipe(server, client));
      } catch (IOException | RuntimeException e) {
        if (!listener.isClosed()) {
          System.err.println("the balancer has no server: " + e);
        }
      }
    }
  }

  /** Passes on what comes, to its end, which ends both directions. */
  private static void pipe(Socket from, Socket to) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      in.transferTo(out);
    } catch (IOException e) {
      // the other direction has ended, or one of the two sides
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    threads.shutdownNow();
  }
}
