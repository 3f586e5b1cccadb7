package io.freshet.serve.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import inference.ModelInferRequest;
import io.freshet.serve.http.ServedSample;
import io.freshet.serve.limit.ConnectionLimits;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client that nobody here wrote: grpcio. */
@Timeout(60)
class PythonClientTest {
  @TempDir Path folder;

  @Test
  void grpcioGetsTheScorersNumbers() throws Exception {
    Optional<String> python = python();
    assumeTrue(python.isPresent(), "there is no python3 with grpcio here");
    Path descriptor = folder.resolve("descriptor");
    Files.write(descriptor, ModelInferRequest.getDescriptor().getFile().toProto().toByteArray());
    Path script = folder.resolve("infer.py");
    try (InputStream resource = PythonClientTest.class.getResourceAsStream("infer.py")) {
      Files.copy(resource, script);
    }

    try (ServedSample sample = new ServedSample(folder.resolve("root"));
        GrpcServer server =
            new GrpcServer(sample.server().service(), "127.0.0.1", 0, ConnectionLimits.DEFAULT)) {
      server.start();
      JsonNode said =
          new ObjectMapper()
              .readTree(
                  run(
                      python.get(),
                      script.toString(),
                      "127.0.0.1:" + server.port(),
                      descriptor.toString()));

      double first =
          sample.score(Map.of("user", "u1", "price", 2.5, "genres", List.of("drama", "war")));
      double second = sample.score(Map.of("user", "ü2", "price", -3, "genres", List.of("x")));
      for (String form : List.of("typed", "raw")) {
        assertThat(said.path(form).get(0).asDouble()).as(form).isCloseTo(first, within(1e-6));
        assertThat(said.path(form).get(1).asDouble()).as(form).isCloseTo(second, within(1e-6));
      }
      assertThat(said.path("id").asText()).isEqualTo("7");
      assertThat(said.path("version").asText()).isEqualTo("0badcafe-0000000003");
      assertThat(said.path("inputs").toString())
          .isEqualTo(
              "[[\"user\",\"BYTES\",[-1]],[\"genres\",\"BYTES\",[-1,-1]],"
                  + "[\"price\",\"FP32\",[-1]]]");
      assertThat(said.path("refused").toString())
          .isEqualTo("[\"NOT_FOUND\",\"version 9 is not served, but 0badcafe-0000000003\"]");
    }
  }

  private static Optional<String> python() throws Exception {
    for (String python : List.of("python3", "/usr/bin/python3")) {
      Process process =
          new ProcessBuilder(python, "-c", "import grpc, google.protobuf")
              .redirectErrorStream(true)
              .redirectOutput(Redirect.DISCARD)
              .start();
      if (process.waitFor() == 0) {
        return Optional.of(python);
      }
    }
    return Optional.empty();
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).isZero();
    return said;
  }
}
