package io.freshet.cli.status;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.core.execution.JobClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class RestartWatchTest {
  private final JobID job = new JobID();
  private final CompletableFuture<Void> canceled = new CompletableFuture<>();
  private final List<HttpServer> servers = new ArrayList<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @AfterEach
  void stop() {
    servers.forEach(server -> server.stop(0));
  }

  /** As where two runs begin at once, and the other one takes the port that was free. */
  @Test
  @Timeout(60)
  void findsTheFlinkOfItsJobAmongOthers() throws Exception {
    int other = flink(Map.of());
    int own =
        flink(
            Map.of(
                "/jobs/" + job, "{\"jid\": \"%s\", \"state\": \"RESTARTING\"}".formatted(job),
                "/jobs/" + job + "/exceptions", failures(Restarts.MOST)));

    RestartWatch watch = watch(List.of(other, own));
    watch.start();
    watch.join();

    assertThat(canceled).isDone();
    assertThat(out.toString(UTF_8))
        .startsWith("Flink's web UI is at http://localhost:" + own + "\n")
        .contains("restart 10: ConfigException: minus (10 of 10 that end the run)");
  }

  private RestartWatch watch(List<Integer> ports) {
    JobClient client =
        (JobClient)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {JobClient.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("cancel")) {
                    canceled.complete(null);
                    return canceled;
                  }
                  return job;
                });
    RunConsole console = new RunConsole(new PrintStream(out, true, UTF_8), false);
    return new RestartWatch(ports, client, new Restarts(Duration.ofDays(1)), console);
  }

  private static String failures(int n) {
    return LongStream.rangeClosed(1, n)
        .map(i -> n + 1 - i) // the newest first
        .mapToObj("{\"timestamp\": %s, \"stacktrace\": \"a.ConfigException: minus\"}"::formatted)
        .collect(Collectors.joining(", ", "{\"exceptionHistory\": {\"entries\": [", "]}}"));
  }

  /** A server that answers these paths, and no others. */
  private int flink(Map<String, String> answers) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        request -> {
          String answer = answers.get(request.getRequestURI().getPath());
          byte[] body = answer == null ? new byte[0] : answer.getBytes(UTF_8);
          request.sendResponseHeaders(
              answer == null ? 404 : 200, body.length == 0 ? -1 : body.length);
          request.getResponseBody().write(body);
          request.close();
        });
    server.start();
    servers.add(server);
    return server.getAddress().getPort();
  }
}
