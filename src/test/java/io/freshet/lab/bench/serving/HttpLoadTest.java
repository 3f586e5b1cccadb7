package io.freshet.lab.bench.serving;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpLoadTest {
  private static final List<byte[]> REQUESTS = List.of(post("one"), post("two"));

  private final ExecutorService threads = Executors.newFixedThreadPool(4);
  private final AtomicInteger answered = new AtomicInteger();
  private final Set<String> bodies = ConcurrentHashMap.newKeySet();
  private volatile int status = 200;
  private HttpServer server;

  @BeforeEach
  void startServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          bodies.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          answered.incrementAndGet();
          byte[] answer = "answer".getBytes(UTF_8);
          exchange.sendResponseHeaders(status, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stopServer() {
    server.stop(0);
    threads.shutdownNow();
  }

  @Test
  void clientsAskAgainAndAgainUntilTheTimeIsOver() throws Exception {
    var took = load().closed(2, Duration.ofSeconds(1));

    assertThat(took.size()).isPositive();
    assertThat(took.size()).isEqualTo(answered.get());
    assertThat(bodies).isSubsetOf("one", "two");
  }

  @Test
  void asManyRequestsComeAsTheRateSaysAndNoneIsLeftOut() throws Exception {
    var took = load().open(4, 200, Duration.ofMillis(500), 3);

    assertThat(took.size()).isBetween(60L, 150L); // 100 on the average, deviation 10
  }

  @Test
  void anAnswerThatIsNot200FailsWithIt() {
    status = 503;

    assertThatThrownBy(() -> load().closed(1, Duration.ofSeconds(5)))
        .hasMessageContaining("503")
        .hasMessageContaining("answer");
  }

  private HttpLoad load() {
    return new HttpLoad(server.getAddress(), REQUESTS);
  }

  private static byte[] post(String body) {
    return HttpConnection.post("/", body.getBytes(UTF_8));
  }
}
