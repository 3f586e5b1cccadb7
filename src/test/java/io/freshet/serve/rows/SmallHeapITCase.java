package io.freshet.serve.rows;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.ServeMain;
import io.freshet.serve.model.SampleModel;
import io.freshet.snapshot.format.Version;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server whose heap is too small for the next full. */
@Timeout(120)
final class SmallHeapITCase {
  private static final Version SMALL = new Version("0000000a", 1);
  private static final Version LARGE = new Version("0000000b", 1);
  private static final String QUESTION =
      "{\"instances\": [{\"features\": {\"user\": \"u1\", \"price\": 2.5}}]}";

  @TempDir private Path root;
  @TempDir private Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private URI server;

  @Test
  void goesOnAnsweringWithTheModelThatItHas() throws Exception {
    SampleModel sample = new SampleModel(root);
    sample.full(SMALL, 0.5f, LongStream.range(0, 1000).toArray());
    int port = freePort();
    server = URI.create("http://127.0.0.1:" + port);
    Path log = folder.resolve("log");
    Process process = start(port, log);
    try {
      await("/readyz", "\"ready\":true");
      String before = post();
      sample.full(LARGE, 0.5f, LongStream.range(0, 1_200_000).toArray());
      await("/metrics", "freshet_follower_no_room{model=\"m\"} 1.0");
      await("/metrics", "freshet_follower_failing{model=\"m\"} 1.0"); // once the look is over

      assertThat(before).contains("\"model_version\":\"" + SMALL);
      assertThat(post()).isEqualTo(before);
      assertThat(process.isAlive()).isTrue();
      assertThat(Files.readString(log))
          .contains("MiB free, and version " + LARGE + " needs about")
          .doesNotContain("OutOfMemoryError");

      sample.full(new Version("0000000c", 1), 0.25f, 1, 2);
      await("/metrics", "freshet_follower_no_room{model=\"m\"} 0.0");
      assertThat(post()).contains("\"model_version\":\"0000000c");
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private Process start(int port, Path log) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx48m",
            "-cp",
            System.getProperty("java.class.path"),
            ServeMain.class.getName(),
            "serve",
            "--snapshots",
            root.toString(),
            "--name",
            "m",
            "--port",
            String.valueOf(port),
            "--poll",
            "100",
            "--without-console");
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  private String await(String path, String text) throws Exception {
    while (true) {
      try {
        String body = client.send(request(path).build(), BodyHandlers.ofString()).body();
        if (body.contains(text)) {
          return body;
        }
      } catch (ConnectException e) {
        assertThat(path).as("it listens later").isEqualTo("/readyz");
      }
      Thread.sleep(100);
    }
  }

  private String post() throws Exception {
    HttpRequest request =
        request("/v1/models/m:predict").POST(HttpRequest.BodyPublishers.ofString(QUESTION)).build();
    var answer = client.send(request, BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(server.resolve(path));
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return free.getLocalPort();
    }
  }
}
