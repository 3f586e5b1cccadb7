package io.freshet.event.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A registry over real HTTP: what it knows it answers as Confluent's does, all else is absent. */
public final class FakeRegistry implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();

  /** What was asked for, as {@code /schemas/ids/1}, with {@code authorization} behind a blank. */
  public final List<String> requests = new CopyOnWriteArrayList<>();

  private record Answer(int status, String body, long delayMillis) {}

  /**
   * A registry at a port.
   *
   * @param port 0 for any
   */
  public FakeRegistry(int port) throws IOException {
    this(port, Map.of());
  }

  /** One that knows schemas by their ids before it answers anybody. */
  public FakeRegistry(int port, Map<Integer, String> schemas) throws IOException {
    for (Map.Entry<Integer, String> schema : schemas.entrySet()) {
      put(schema.getKey(), schema.getValue());
    }
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  public String url() {
    return "http://127.0.0.1:" + port();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  /** Registers a schema under its id. */
  public void put(int id, String schema) throws JsonProcessingException {
    answer("/schemas/ids/" + id, 200, JSON.writeValueAsString(Map.of("schema", schema)));
  }

  /** Registers a file of Protobuf's, as {@code ?format=serialized} gives it. */
  public void putProtobuf(int id, FileDescriptorProto file) throws JsonProcessingException {
    String schema = Base64.getEncoder().encodeToString(file.toByteArray());
    answer(
        "/schemas/ids/" + id,
        200,
        JSON.writeValueAsString(Map.of("schemaType", "PROTOBUF", "schema", schema)));
  }

  /** Registers something that refers to others, each {@code name, subject, version}. */
  void put(String path, String schema, List<List<String>> references)
      throws JsonProcessingException {
    List<Map<String, Object>> all = new ArrayList<>();
    for (List<String> reference : references) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("name", reference.get(0));
      one.put("subject", reference.get(1));
      one.put("version", Integer.parseInt(reference.get(2)));
      all.add(one);
    }
    answer(path, 200, JSON.writeValueAsString(Map.of("schema", schema, "references", all)));
  }

  void answer(String path, int status, String body) {
    answers.put(path, new Answer(status, body, 0));
  }

  void answerSlowly(String path, long delayMillis) {
    answers.put(path, new Answer(200, "{}", delayMillis));
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getRawPath();
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    requests.add(authorization == null ? path : path + " " + authorization);
    Answer answer =
        answers.getOrDefault(
            path, new Answer(404, "{\"error_code\":40403,\"message\":\"Schema not found\"}", 0));
    try (exchange) {
      Thread.sleep(answer.delayMillis());
      byte[] body = answer.body().getBytes(UTF_8);
      exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
