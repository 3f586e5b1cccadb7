package io.freshet.lab.bench.soak;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that misuse a server, each a thread that goes on until it is interrupted. Whether they
 * are refused, cut off or answered is the server's to say.
 */
final class Misuse {
  private static final int SLOW = 64;
  private static final int FLOOD = 200;
  private static final int FLOOD_BYTES = 4 << 20;
  private static final int FLOOD_MILLIS = 30_000;

  private final InetSocketAddress server;
  private final String path;
  private final AtomicLong requests = new AtomicLong();

  Misuse(InetSocketAddress server, String path) {
    this.server = server;
    this.path = path;
  }

  /** How often a server was misused. */
  long requests() {
    return requests.get();
  }

  /** What the threads do. */
  List<Runnable> clients(long seed) {
    List<Runnable> clients = new ArrayList<>();
    for (int i = 0; i < SLOW; i++) {
      clients.add(() -> repeat(this::slow, 0));
    }
    for (int i = 0; i < FLOOD; i++) {
      clients.add(() -> repeat(this::flood, FLOOD_MILLIS));
    }
    Random random = new Random(seed);
    clients.add(() -> repeat(() -> send(1 << 30, new byte[1 << 20]), 1000));
    clients.add(() -> repeat(() -> nonsense(random), 20));
    return clients;
  }

  private interface Act {
    void run() throws IOException, InterruptedException;
  }

  private void repeat(Act act, long pause) {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        Thread.sleep(pause);
        requests.incrementAndGet();
        try {
          act.run();
        } catch (IOException e) {
          Thread.sleep(100); // cut off, as it should be
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the end
    }
  }

  /** A byte a second. */
  private void slow() throws IOException, InterruptedException {
    try (Socket socket = connect()) {
      OutputStream out = socket.getOutputStream();
      out.write(head(10_000));
      for (int i = 0; i < 60; i++) {
        out.write(' ');
        Thread.sleep(1000);
      }
    }
  }

  private void flood() throws IOException {
    send(FLOOD_BYTES, new byte[FLOOD_BYTES]);
  }

  private void nonsense(Random random) throws IOException {
    byte[] body = new byte[random.nextInt(2000)];
    random.nextBytes(body);
    send(body.length, body);
  }

  /** A request that says a length, and sends a body; reads what comes. */
  private void send(int length, byte[] body) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(head(length));
      socket.getOutputStream().write(body);
      socket.getInputStream().read();
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.connect(server, 10_000);
    socket.setSoTimeout(10_000);
    return socket;
  }

  private byte[] head(int length) {
    return "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %s\r\n\r\n"
        .formatted(path, length)
        .getBytes(ISO_8859_1);
  }
}
