package io.freshet.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class DelayedPortTest {
  private static final long MILLISECOND = 1_000_000;

  private final AtomicLong delay = new AtomicLong();
  private ServerSocket server;
  private DelayedPort port;

  @BeforeEach
  void open() throws IOException {
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    port = new DelayedPort(server.getLocalPort(), delay::get);
  }

  @AfterEach
  void close() throws IOException {
    port.close();
    server.close();
  }

  @Test
  void bytesTakeAWhileInEachDirection() throws Exception {
    try (Socket near = connect();
        Socket far = server.accept()) {
      var in = new DataInputStream(near.getInputStream());
      var out = new DataOutputStream(near.getOutputStream());
      for (long each : new long[] {0, 30 * MILLISECOND, 80 * MILLISECOND}) {
        delay.set(each);
        long start = System.nanoTime();
        out.writeLong(each);
        long arrived = new DataInputStream(far.getInputStream()).readLong();
        new DataOutputStream(far.getOutputStream()).writeLong(arrived + 1);

        assertThat(in.readLong()).isEqualTo(each + 1);
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(2 * each);
      }
    }
  }

  /** A cable is long, not narrow: what is under way does not wait for what is ahead of it. */
  @Test
  void manyBytesAreUnderWayAtOnceAndInOrder() throws Exception {
    delay.set(500 * MILLISECOND);
    int count = 100_000;
    try (Socket near = connect();
        Socket far = server.accept()) {
      CompletableFuture<Void> sent =
          CompletableFuture.runAsync(
              () -> {
                try {
                  var out = new DataOutputStream(near.getOutputStream());
                  for (int i = 0; i < count; i++) {
                    out.write(new byte[] {(byte) i, (byte) (i >> 8)});
                    if (i % 20_000 == 0) {
                      Thread.sleep(20);
                    }
                  }
                  near.shutdownOutput();
                } catch (IOException | InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      byte[] got = far.getInputStream().readAllBytes();
      sent.join();
      assertThat(got).hasSize(2 * count);
      for (int i = 0; i < count; i++) {
        assertThat(got[2 * i]).isEqualTo((byte) i);
        assertThat(got[2 * i + 1]).isEqualTo((byte) (i >> 8));
      }
    }
  }

  @Test
  void aConnectionThatEndsOnOneSideEndsOnTheOther() throws Exception {
    Socket near = connect();
    try (Socket far = server.accept()) {
      near.close();
      assertThat(far.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void whereNobodyListensTheConnectionEnds() throws Exception {
    server.close();
    try (Socket near = connect()) {
      assertThat(near.getInputStream().read()).isEqualTo(-1);
    }
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), port.port());
  }
}
