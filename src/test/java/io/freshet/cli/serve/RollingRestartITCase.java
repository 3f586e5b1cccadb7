package io.freshet.cli.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.serve.model.SampleModel;
import io.freshet.snapshot.format.Version;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers in processes of their own are stopped by SIGTERM and started again under requests. */
@Timeout(180)
class RollingRestartITCase {
  private static final int CLIENTS = 4;
  private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:(\\d+)");
  private static final String ONE = "{\"instances\": [{\"features\": {\"user\": \"u1\"}}]}";

  @TempDir Path folder;
  private final List<Server> started = new ArrayList<>();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger answers = new AtomicInteger();
  private volatile boolean asking = true;

  @BeforeEach
  void publish() throws Exception {
    new SampleModel(folder.resolve("root")).full(new Version("0badcafe", 1), 0.25f, 0, 1);
  }

  @AfterEach
  void stop() {
    started.forEach(server -> server.process.destroyForcibly());
  }

  @Test
  void noRequestFailsWhileOneServerAfterTheOtherIsReplaced() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    try (TcpBalancer balancer = new TcpBalancer()) {
      Server first = start(balancer);
      Server second = start(balancer);
      List<Future<?>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(threads.submit(() -> ask(balancer.port())));
      }
      Thread.sleep(1000);

      replace(first, balancer);
      replace(second, balancer);

      Thread.sleep(500);
      asking = false;
      for (Future<?> client : clients) {
        client.get(20, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(failures).as("of %s requests", answers).isEmpty();
    assertThat(answers.get()).isGreaterThan(500);
  }

  @Test
  void aServerWithoutAModelStopsAtOnce() throws Exception {
    Server server = new Server(folder.resolve("nothing"), 60);

    assertThat(server.stop()).isEqualTo(143);
  }

  /** Stops a server as a container is stopped, once another one has taken its place. */
  private void replace(Server old, TcpBalancer balancer) throws Exception {
    start(balancer);
    assertThat(old.stop()).isEqualTo(143); // 128 + SIGTERM, as a JVM ends by it
    balancer.remove(old.port());
  }

  private Server start(TcpBalancer balancer) throws Exception {
    Server server = new Server(folder.resolve("root"), 2);
    balancer.add(server.port());
    while (!balancer.isReady(server.port())) {
      Thread.sleep(20);
    }
    return server;
  }

  private void ask(int port) {
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/models/sample:predict"))
            .timeout(Duration.ofSeconds(20))
            .POST(HttpRequest.BodyPublishers.ofString(ONE))
            .build();
    while (asking) {
      try {
        HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
        answers.incrementAndGet();
        if (answer.statusCode() != 200) {
          failures.add(answer.statusCode() + " " + answer.body());
        }
        Thread.sleep(5);
      } catch (Exception e) {
        failures.add(e.toString());
      }
    }
  }

  /** A process of {@code freshet serve}. */
  private final class Server {
    private final Path log = folder.resolve("server-" + started.size() + ".txt");
    private final Process process;

    Server(Path root, int drainSeconds) throws Exception {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-Xmx256m", "-cp", System.getProperty("java.class.path")));
      command.addAll(List.of("io.freshet.ServeMain", "serve", "--snapshots", root.toString()));
      command.addAll(List.of("--port", "0", "--without-console", "--poll", "100"));
      command.addAll(List.of("--drain", String.valueOf(drainSeconds)));
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      started.add(this);
      while (!said().find()) {
        assertThat(process.isAlive()).as("%s", log).isTrue();
        Thread.sleep(20);
      }
    }

    private Matcher said() throws Exception {
      return ADDRESS.matcher(Files.readString(log, UTF_8));
    }

    int port() throws Exception {
      Matcher address = said();
      assertThat(address.find()).isTrue();
      return Integer.parseInt(address.group(1));
    }

    int stop() throws Exception {
      process.destroy();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      return process.exitValue();
    }
  }
}
