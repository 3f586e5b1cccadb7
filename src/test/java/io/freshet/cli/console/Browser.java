package io.freshet.cli.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A Chromium without a window and one page in it, spoken to by the DevTools protocol: commands as
 * JSON over a WebSocket, answers by their number, events noted.
 */
final class Browser implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String ANNOUNCED = "DevTools listening on ";

  private final Process process;
  private final WebSocket socket;
  private final Map<Integer, CompletableFuture<JsonNode>> open = new ConcurrentHashMap<>();
  private final AtomicInteger sent = new AtomicInteger();
  private final List<String> errors = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private String session = ""; // of the page; none yet

  /** Where a Chromium is, if there is one: in {@code CHROMIUM}, or under its usual names. */
  static Optional<Path> executable() {
    Stream<String> named = Stream.ofNullable(System.getenv("CHROMIUM"));
    Stream<String> usual =
        Stream.of("chromium", "chromium-browser", "google-chrome").map(name -> "/usr/bin/" + name);
    return Stream.concat(named, usual).map(Path::of).filter(Files::isExecutable).findFirst();
  }

  /** Starts one with its profile in a folder. */
  Browser(Path executable, Path profile) throws Exception {
    process =
        new ProcessBuilder(
                executable.toString(),
                "--headless=new",
                "--no-sandbox", // containers, where builds run, allow none
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectErrorStream(true)
            .start();
    socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(URI.create(address()), new Listener())
            .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    JsonNode targets = send("Target.getTargets", "{}").get("targetInfos");
    String page = "";
    for (JsonNode target : targets) {
      page = target.get("type").asText().equals("page") ? target.get("targetId").asText() : page;
    }
    session =
        send("Target.attachToTarget", "{\"targetId\":\"" + page + "\",\"flatten\":true}")
            .get("sessionId")
            .asText();
    for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
      send(domain + ".enable", "{}");
    }
  }

  /** Chromium says it first; the rest of what it says is read away, lest it stops. */
  private String address() throws IOException {
    BufferedReader said =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    List<String> before = new ArrayList<>();
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      if (line.startsWith(ANNOUNCED)) {
        Thread rest = new Thread(() -> said.lines().forEach(l -> {}), "chromium-says");
        rest.setDaemon(true);
        rest.start();
        return line.substring(ANNOUNCED.length()).strip();
      }
      before.add(line);
    }
    throw new IOException("Chromium did not start: " + before);
  }

  /** Goes to an address. */
  void open(String url) throws Exception {
    send("Page.navigate", JSON.createObjectNode().put("url", url).toString());
  }

  /** Makes the page so wide and high, in pixels of one. */
  void resize(int width, int height) throws Exception {
    send(
        "Emulation.setDeviceMetricsOverride",
        "{\"width\":%s,\"height\":%s,\"deviceScaleFactor\":1,\"mobile\":false}"
            .formatted(width, height));
  }

  /** Has the page take light or dark for what its reader prefers. */
  void prefer(String scheme) throws Exception {
    send(
        "Emulation.setEmulatedMedia",
        "{\"features\":[{\"name\":\"prefers-color-scheme\",\"value\":\"" + scheme + "\"}]}");
  }

  /** Presses a key that writes nothing, as Tab or ArrowLeft. */
  void press(String key) throws Exception {
    for (String type : List.of("rawKeyDown", "keyUp")) {
      ObjectNode event = JSON.createObjectNode().put("type", type).put("key", key).put("code", key);
      send("Input.dispatchKeyEvent", event.put("windowsVirtualKeyCode", code(key)).toString());
    }
  }

  private static int code(String key) {
    return switch (key) {
      case "Tab" -> 9;
      case "ArrowLeft" -> 37;
      default -> throw new IllegalArgumentException("no code is known of key " + key);
    };
  }

  /** What a JavaScript expression comes to. */
  JsonNode evaluate(String expression) throws Exception {
    ObjectNode asked = JSON.createObjectNode();
    asked.put("expression", expression).put("returnByValue", true).put("awaitPromise", true);
    JsonNode answer = send("Runtime.evaluate", asked.toString());
    if (answer.has("exceptionDetails")) {
      throw new IOException(expression + ": " + answer.get("exceptionDetails"));
    }
    return answer.path("result").path("value");
  }

  /** Waits until an expression is true. */
  void await(String expression, Duration patience) throws Exception {
    long end = System.nanoTime() + patience.toNanos();
    while (!evaluate(expression).asBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError(
            "not within %s: %s; the page says:%n%s"
                .formatted(patience, expression, evaluate("document.body.innerText").asText()));
      }
      Thread.sleep(100);
    }
  }

  /** Writes what the page looks like, of its part that begins so many pixels below the top. */
  void screenshot(Path file, int top, int width, int height) throws Exception {
    JsonNode png =
        send(
            "Page.captureScreenshot",
            ("{\"format\":\"png\",\"captureBeyondViewport\":true,\"clip\":"
                    + "{\"x\":0,\"y\":%s,\"width\":%s,\"height\":%s,\"scale\":1}}")
                .formatted(top, width, height));
    Files.write(file, Base64.getDecoder().decode(png.get("data").asText()));
  }

  /** Errors of scripts, of loading, and of what the policy forbids. */
  List<String> errors() {
    return List.copyOf(errors);
  }

  /** The addresses of all that was asked for. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  private JsonNode send(String method, String params) throws Exception {
    int id = sent.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    open.put(id, answer);
    ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
    message.set("params", JSON.readTree(params));
    if (!session.isEmpty()) {
      message.put("sessionId", session);
    }
    socket.sendText(message.toString(), true).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    JsonNode come = answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (come.has("error")) {
      throw new IOException(method + ": " + come.get("error"));
    }
    return come.get("result");
  }

  private void take(JsonNode message) {
    JsonNode params = message.path("params");
    if (message.has("id")) {
      open.remove(message.get("id").asInt()).complete(message);
      return;
    }
    switch (message.path("method").asText()) {
      case "Network.requestWillBeSent" -> requests.add(params.at("/request/url").asText());
      case "Runtime.exceptionThrown" -> errors.add(params.path("exceptionDetails").toString());
      case "Log.entryAdded" -> note(params.path("entry").path("level"), params);
      case "Runtime.consoleAPICalled" -> note(params.path("type"), params);
      default -> {}
    }
  }

  private void note(JsonNode level, JsonNode what) {
    if (level.asText().equals("error")) {
      errors.add(what.toString());
    }
  }

  @Override
  public void close() {
    socket.abort();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().join();
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        try {
          take(JSON.readTree(text.toString()));
        } catch (IOException e) {
          errors.add("the browser says " + text);
        }
        text.setLength(0);
      }
      from.request(1);
      return null;
    }
  }
}
