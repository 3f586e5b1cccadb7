package io.freshet.lab.bench.snapshot;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A way to an HTTP server that takes longer: each request waits before it goes on, and is counted.
 *
 * <p>It passes bytes on as they are. A connection's client and server take turns, so the first
 * bytes of a client's turn begin a request, unless they are a body that was waited for.
 */
final class DelayProxy implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final Pattern METHOD = Pattern.compile("^(GET|HEAD|PUT|POST|DELETE) /");

  private final InetSocketAddress server;
  private final Duration delay;
  private final ServerSocket listening;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Map<String, AtomicLong> requests = new ConcurrentHashMap<>();
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong received = new AtomicLong();

  DelayProxy(InetSocketAddress server, Duration delay) throws IOException {
    this.server = server;
    this.delay = delay;
    listening = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  String endpoint() {
    return "http://127.0.0.1:" + listening.getLocalPort();
  }

  /** All that has passed so far. */
  Traffic traffic() {
    Map<String, Long> counts = new TreeMap<>();
    requests.forEach((method, count) -> counts.put(method, count.get()));
    return new Traffic(counts, sent.get(), received.get());
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = listening.accept();
      Socket there = new Socket();
      open.add(client);
      open.add(there);
      there.connect(server);
      Turns turns = new Turns();
      start(() -> pass(client, there, bytes -> toServer(turns, bytes)));
      start(() -> pass(there, client, bytes -> toClient(turns, bytes)));
    }
  }

  /** Whose turn it is on a connection. */
  private static final class Turns {
    private volatile boolean isClientsNext = true;
  }

  private interface Passing {
    void look(String bytes) throws InterruptedException;
  }

  private void toServer(Turns turns, String bytes) throws InterruptedException {
    sent.addAndGet(bytes.length());
    if (turns.isClientsNext) {
      turns.isClientsNext = false;
      Matcher method = METHOD.matcher(bytes);
      if (method.find()) {
        requests.computeIfAbsent(method.group(1), any -> new AtomicLong()).incrementAndGet();
        Thread.sleep(delay.toMillis());
      }
    }
  }

  private void toClient(Turns turns, String bytes) {
    received.addAndGet(bytes.length());
    turns.isClientsNext = true;
  }

  private static void pass(Socket from, Socket to, Passing passing)
      throws IOException, InterruptedException {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        passing.look(new String(buffer, 0, n, ISO_8859_1));
        out.write(buffer, 0, n);
      }
    }
  }

  private interface Work {
    void run() throws IOException, InterruptedException;
  }

  /** Runs until a connection ends, in whichever way. */
  private static void start(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException | InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "delay-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
