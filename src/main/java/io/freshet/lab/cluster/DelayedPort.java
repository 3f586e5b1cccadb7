package io.freshet.lab.cluster;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * A port in front of another one of this machine, between which bytes take a while in each
 * direction, as over a long cable. Bytes keep their order; a delay that is changed holds for bytes
 * that come after it. What is under way is bounded by {@value #CHUNKS} chunks of at most {@value
 * #CHUNK} bytes in a direction: behind that, senders wait.
 */
final class DelayedPort implements AutoCloseable {
  private static final int CHUNK = 1 << 16;
  private static final int CHUNKS = 1 << 10;

  private final LongSupplier nanos;
  private final ServerSocket entrance;
  private final int behind;

  private record Chunk(long due, byte[] bytes) {
    boolean isEnd() {
      return bytes.length == 0;
    }
  }

  /**
   * Takes connections from now on.
   *
   * @param behind the port that connections go on to
   * @param nanos how long bytes are under way, in one direction
   */
  DelayedPort(int behind, LongSupplier nanos) throws IOException {
    this.behind = behind;
    this.nanos = requireNonNull(nanos, "nanos");
    entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    run("delayed port", this::accept);
  }

  int port() {
    return entrance.getLocalPort();
  }

  private void accept() throws IOException {
    while (!entrance.isClosed()) {
      Socket near = entrance.accept();
      Socket far;
      try {
        far = new Socket(InetAddress.getLoopbackAddress(), behind);
      } catch (IOException e) {
        near.close(); // nobody is there, as the caller sees
        continue;
      }
      near.setTcpNoDelay(true);
      far.setTcpNoDelay(true);
      carry(near, far);
      carry(far, near);
    }
  }

  private void carry(Socket from, Socket to) {
    BlockingQueue<Chunk> underWay = new ArrayBlockingQueue<>(CHUNKS);
    run("delayed reader", () -> read(from, underWay));
    run("delayed writer", () -> write(underWay, from, to));
  }

  private void read(Socket from, BlockingQueue<Chunk> underWay) throws InterruptedException {
    byte[] buffer = new byte[CHUNK];
    try {
      InputStream in = from.getInputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        underWay.put(new Chunk(due(), Arrays.copyOf(buffer, read)));
      }
    } catch (IOException e) {
      // the connection is broken: the other side learns it as the end
    }
    underWay.put(new Chunk(due(), new byte[0]));
  }

  private long due() {
    return System.nanoTime() + nanos.getAsLong();
  }

  private static void write(BlockingQueue<Chunk> underWay, Socket from, Socket to)
      throws InterruptedException {
    try (from;
        to) {
      OutputStream out = to.getOutputStream();
      for (Chunk chunk = underWay.take(); !chunk.isEnd(); chunk = underWay.take()) {
        for (long left = chunk.due() - System.nanoTime(); left > 0; ) {
          LockSupport.parkNanos(left);
          left = chunk.due() - System.nanoTime();
        }
        out.write(chunk.bytes());
      }
    } catch (IOException e) {
      // broken: both sockets are closed, which each side sees
    }
  }

  private interface Work {
    void run() throws IOException, InterruptedException;
  }

  private void run(String name, Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                if (!entrance.isClosed()) {
                  throw new UncheckedIOException(name, e);
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Takes no more connections; those that there are last as long as their ends. */
  @Override
  public void close() {
    try {
      entrance.close();
    } catch (IOException e) {
      throw new UncheckedIOException("port " + port() + " does not close", e);
    }
  }
}
