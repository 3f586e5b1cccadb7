package io.freshet.lab.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Prometheus itself, as far as this machine has it: twice a second it scrapes its targets, and
 * evaluates the alert rules that ship.
 */
final class Prometheus implements AutoCloseable {
  private static final long PATIENCE = TimeUnit.MINUTES.toNanos(1);

  private final HttpClient client = HttpClient.newHttpClient();
  private final Path targets;
  private final Path log;
  private final int port;
  private final Process process;
  private String moment = ""; // for now

  private Prometheus(Path program, Path folder) throws IOException {
    Files.createDirectories(folder);
    targets = folder.resolve("targets.json");
    log = folder.resolve("prometheus.log");
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path settings = folder.resolve("prometheus.yml");
    Files.writeString(
        settings,
        """
        global: {scrape_interval: 500ms, evaluation_interval: 500ms}
        rule_files: ["%s"]
        scrape_configs:
          - job_name: freshet
            file_sd_configs: [{files: ["%s"], refresh_interval: 500ms}]
        """
            .formatted(Queries.ALERTS.toAbsolutePath(), targets));
    process =
        new ProcessBuilder(
                program.toString(),
                "--config.file=" + settings,
                "--storage.tsdb.path=" + folder.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
  }

  /** The path of a program of Prometheus; empty if it is not installed. */
  static Optional<Path> program(String name) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Starts it, where it is installed. */
  static Optional<Prometheus> start(Path folder) throws IOException {
    Optional<Path> program = program("prometheus");
    return program.isEmpty()
        ? Optional.empty()
        : Optional.of(new Prometheus(program.get(), folder));
  }

  /**
   * Scrapes these ports of this machine from now on, and waits until it got an answer from each 4
   * times. What is asked then is asked for that moment: a later scrape may miss on a busy machine.
   */
  void scrape(int... ports) throws IOException, InterruptedException {
    List<String> addresses = Arrays.stream(ports).mapToObj(p -> "\"127.0.0.1:" + p + "\"").toList();
    Files.writeString(targets, "[{\"targets\": [" + String.join(", ", addresses) + "]}]");
    long deadline = System.nanoTime() + PATIENCE;
    while (!scrapedOften(ports.length)) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw new IOException(Files.readString(log));
      }
      Thread.sleep(200);
    }
  }

  private boolean scrapedOften(int targets) throws InterruptedException {
    try {
      JsonNode up = query("sum_over_time(up[1m]) >= 4 and up == 1");
      if (up.size() < targets) {
        return false;
      }
      moment = "&time=" + up.get(0).get("value").get(0).asText();
      return true;
    } catch (IOException e) {
      return false; // not up yet
    }
  }

  List<Double> values(String expression) throws IOException, InterruptedException {
    List<Double> values = new ArrayList<>();
    for (JsonNode series : query(expression)) {
      values.add(Double.valueOf(series.get("value").get(1).asText().replace("Inf", "Infinity")));
    }
    return values;
  }

  private JsonNode query(String expression) throws IOException, InterruptedException {
    String query = URLEncoder.encode(expression, StandardCharsets.UTF_8);
    return get("/api/v1/query?query=" + query + moment).get("data").get("result");
  }

  /** The rules that it could not evaluate, with why. */
  List<String> sickRules() throws IOException, InterruptedException {
    List<String> sick = new ArrayList<>();
    for (JsonNode rules : get("/api/v1/rules").findValues("rules")) {
      for (JsonNode rule : rules) {
        if (!rule.get("health").asText().equals("ok")) {
          sick.add(rule.get("name").asText() + ": " + rule.path("lastError").asText());
        }
      }
    }
    return sick;
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    JsonNode answer =
        new ObjectMapper()
            .readTree(
                client
                    .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofInputStream())
                    .body());
    if (!"success".equals(answer.path("status").asText())) {
      throw new IOException(uri + ": " + answer.path("error").asText());
    }
    return answer;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
