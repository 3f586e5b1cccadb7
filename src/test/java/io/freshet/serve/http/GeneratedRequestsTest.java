package io.freshet.serve.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.Damage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests drawn at random, written to the socket as they are, against what has to come: which
 * status, JSON with an error for each refusal, a live server, and no byte held afterwards.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class GeneratedRequestsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long SEED = 20270601;
  private static final int REQUESTS = 600;
  private static final String GOOD =
      "{\"instances\": [{\"features\": {\"user\": \"u1\", \"price\": 2.5, \"genres\":"
          + " [\"war\"]}}]}";

  private static final List<String> METHODS = List.of("GET", "PUT", "DELETE", "PATCH", "OPTIONS");
  private static final List<String> PATHS =
      List.of(
          "/v1/models/ctr:predict",
          "/v1/models/ctr/versions/3:predict",
          "/v1/models/ctr%3Apredict",
          "/v1/models/%63tr:predict");
  private static final List<String> ELSEWHERE =
      List.of(
          "/",
          "/v1/models/other:predict",
          "/v1/models/ctr/versions/4:predict",
          "/v1/models/ctr:predic",
          "/v1/models/ctr%2F:predict",
          "/v1/models/" + "x".repeat(2000) + ":predict",
          "/v9/%E2%80%AE");
  private static final List<String> NUMBERS =
      List.of("1e25", "-1e25", "-0", "1e-400", "0.1e1", "9007199254740993", "123456789012345678");
  private static final List<String> VALUES =
      List.of("1e400", "-1e999", "NaN", "Infinity", "{}", "[[1]]", "\"\\ud83d\"", "tru", "0x1");

  @TempDir private Path root;
  private final Random random = new Random(SEED);

  /** A request's bytes, and the statuses that may come of it. */
  private record Drawn(String what, byte[] bytes, Set<Integer> statuses) {}

  @Test
  void areAnsweredAsTheyShould() throws Exception {
    try (ServedSample served = new ServedSample(root)) {
      for (int i = 0; i < REQUESTS; i++) {
        Drawn drawn = draw(i % 8);
        String answer = exchange(served, drawn.bytes());

        String what = "seed %s, request %s, %s: %s".formatted(SEED, i, drawn.what(), answer);
        int status = Integer.parseInt(answer.substring(9, 12));
        assertThat(drawn.statuses()).as(what).contains(status);
        JsonNode body = JSON.readTree(answer.substring(answer.indexOf("\r\n\r\n") + 4));
        assertThat(body.path(status == 200 ? "predictions" : "error").isMissingNode())
            .as(what)
            .isFalse();
      }
      assertThat(served.get("/livez").status()).isEqualTo(200);
      while (!served.metrics().contains("freshet_request_bytes 0.0")) {
        Thread.sleep(10); // given back once the response has gone
      }
    }
  }

  private Drawn draw(int kind) throws IOException {
    String path = pick(PATHS);
    byte[] good = GOOD.getBytes(UTF_8);
    return switch (kind) {
      case 0 -> new Drawn("damaged", post(path, new Damage(GOOD, random).next()), Set.of(200, 400));
      case 1 -> new Drawn("number", post(path, price(pick(NUMBERS))), Set.of(200));
      case 2 -> new Drawn("value", post(path, price(pick(VALUES))), Set.of(400));
      case 3 -> new Drawn("method", head(pick(METHODS), path, ""), Set.of(405));
      case 4 -> new Drawn("elsewhere", post(pick(ELSEWHERE), good), Set.of(404, 400));
      case 5 -> new Drawn("chunked", chunked(path, good), Set.of(200));
      case 6 -> brokenGzip(path, good);
      default -> {
        String deep = "[".repeat(1 + random.nextInt(5000));
        yield new Drawn("deep", post(path, price(deep)), Set.of(400));
      }
    };
  }

  private static byte[] price(String value) {
    return GOOD.replace("2.5", value).getBytes(UTF_8);
  }

  private byte[] chunked(String path, byte[] body) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(head("POST", path, "Transfer-Encoding: chunked\r\n"));
    for (int at = 0; at < body.length; ) {
      int n = Math.min(body.length - at, 1 + random.nextInt(30));
      bytes.write((Integer.toHexString(n) + "\r\n").getBytes(UTF_8));
      bytes.write(body, at, n);
      bytes.write("\r\n".getBytes(UTF_8));
      at += n;
    }
    bytes.write("0\r\n\r\n".getBytes(UTF_8));
    return bytes.toByteArray();
  }

  /** Cut off, or with a byte changed: in the header, in the data, or in the checksum. */
  private Drawn brokenGzip(String path, byte[] body) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(body);
    }
    byte[] bytes = packed.toByteArray();
    int at = random.nextInt(bytes.length);
    if (random.nextBoolean()) {
      bytes = Arrays.copyOf(bytes, at);
    } else {
      bytes[at] ^= (byte) (1 << random.nextInt(8));
    }
    // a change of what gzip says of the file, such as its time, changes nothing
    return new Drawn(
        "gzip broken at " + at,
        post(path, "Content-Encoding: gzip\r\n", bytes),
        at < 10 ? Set.of(200, 400) : Set.of(400));
  }

  private static byte[] post(String path, byte[] body) throws IOException {
    return post(path, "", body);
  }

  private static byte[] post(String path, String headers, byte[] body) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(head("POST", path, headers + "Content-Length: " + body.length + "\r\n"));
    bytes.write(body);
    return bytes.toByteArray();
  }

  private static byte[] head(String method, String path, String headers) {
    return (method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers)
        .concat("\r\n")
        .getBytes(ISO_8859_1);
  }

  private static String exchange(ServedSample served, byte[] request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", served.uri("/").getPort())) {
      OutputStream out = socket.getOutputStream();
      out.write(request);
      out.flush();
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  private String pick(List<String> texts) {
    return texts.get(random.nextInt(texts.size()));
  }
}
