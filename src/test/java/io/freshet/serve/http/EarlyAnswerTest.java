package io.freshet.serve.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Answers that need no body, as to a model that is not there: what becomes of the connection. */
@Timeout(60)
final class EarlyAnswerTest {
  private static final String ELSEWHERE = "/v1/models/nobody:predict";

  @TempDir private Path root;

  @Test
  void theConnectionEndsAndSaysSoWhereTheBodyMayStillCome() throws Exception {
    try (ServedSample served = new ServedSample(root);
        Socket socket = connect(served)) {
      send(socket, "POST", ELSEWHERE, 10, "");

      String answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);

      assertThat(answer).startsWith("HTTP/1.1 404").containsIgnoringCase("\nConnection: close\r\n");
    }
  }

  @Test
  void itGoesOnWhereTheBodyHasCome() throws Exception {
    try (ServedSample served = new ServedSample(root);
        Socket socket = connect(served)) {
      for (String method : new String[] {"POST", "PUT"}) {
        send(socket, method, ELSEWHERE, 2, "{}");
        String first = some(socket.getInputStream());
        assertThat(first).startsWith("HTTP/1.1 40").doesNotContainIgnoringCase("connection: close");
      }
    }
  }

  private static Socket connect(ServedSample served) throws IOException {
    Socket socket = new Socket("127.0.0.1", served.server().address().getPort());
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static void send(Socket socket, String method, String path, int length, String body)
      throws IOException {
    String head = "%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %s\r\n\r\n";
    socket
        .getOutputStream()
        .write((head.formatted(method, path, length) + body).getBytes(ISO_8859_1));
  }

  private static String some(InputStream in) throws IOException {
    byte[] bytes = new byte[4096];
    return new String(bytes, 0, in.read(bytes), ISO_8859_1);
  }
}
