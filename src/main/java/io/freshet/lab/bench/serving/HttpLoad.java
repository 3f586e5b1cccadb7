package io.freshet.lab.bench.serving;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Clients of a server on this machine, each on its own connection. */
public final class HttpLoad {
  private final InetSocketAddress server;
  private final List<byte[]> requests; // over and over

  public HttpLoad(InetSocketAddress server, List<byte[]> requests) {
    this.server = server;
    this.requests = List.copyOf(requests);
  }

  /** A closed loop: each client sends its next request as soon as it has a response. */
  public Latencies closed(int clients, Duration length) throws Exception {
    long end = System.nanoTime() + length.toNanos();
    AtomicInteger next = new AtomicInteger();
    return run(
        clients,
        took -> {
          try (HttpConnection connection = new HttpConnection(server)) {
            for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
              connection.ask(request(next.getAndIncrement()));
              took.add(Duration.ofNanos(System.nanoTime() - now));
            }
          }
        });
  }

  /**
   * An open loop: requests arrive at random, whether earlier ones are answered or not. The latency
   * counts from the planned arrival.
   */
  public Latencies open(int clients, double perSecond, Duration length, long seed)
      throws Exception {
    long start = System.nanoTime();
    long[] due = arrivals(perSecond, length, seed);
    AtomicInteger next = new AtomicInteger();
    return run(
        clients,
        took -> {
          try (HttpConnection connection = new HttpConnection(server)) {
            for (int i = next.getAndIncrement(); i < due.length; i = next.getAndIncrement()) {
              waitUntil(start + due[i]);
              connection.ask(request(i));
              took.add(Duration.ofNanos(System.nanoTime() - start - due[i]));
            }
          }
        });
  }

  private byte[] request(int i) {
    return requests.get(Math.floorMod(i, requests.size()));
  }

  private static void waitUntil(long time) {
    for (long left = time - System.nanoTime(); left > 0; left = time - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  /** Arrivals of a Poisson process, nanoseconds from its start. */
  private static long[] arrivals(double perSecond, Duration length, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Long> arrivals = new ArrayList<>();
    double at = 0;
    while (at < length.toNanos()) {
      arrivals.add((long) at);
      at -= Math.log(1 - random.nextDouble()) / perSecond * 1e9;
    }
    return arrivals.stream().mapToLong(Long::longValue).toArray();
  }

  private interface Client {
    void run(Latencies took) throws IOException;
  }

  private static Latencies run(int clients, Client client) throws Exception {
    Latencies took = new Latencies();
    ExecutorService pool = Executors.newFixedThreadPool(clients);
    try {
      Callable<Void> one =
          () -> {
            client.run(took);
            return null;
          };
      for (Future<Void> done : pool.invokeAll(Collections.nCopies(clients, one))) {
        done.get();
      }
      return took;
    } catch (ExecutionException e) {
      throw new IOException("a request failed: " + e.getCause().getMessage(), e.getCause());
    } finally {
      pool.shutdownNow();
    }
  }
}
