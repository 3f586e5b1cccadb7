package io.freshet.serve.http.v2;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.serve.http.ServedSample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The protocols of REST, as curl speaks them: its headers, its way with bodies, its codes. */
@Timeout(60)
class CurlTest {
  private static final String INSTANCE = "{\"user\": \"ü1\", \"genres\": [\"war\"], \"price\": 3}";
  private static final String V2 =
      """
      {"id": "1", "inputs": [
        {"name": "user", "datatype": "BYTES", "shape": [1], "data": ["ü1"]},
        {"name": "genres", "datatype": "BYTES", "shape": [1, 1], "data": [["war"]]},
        {"name": "price", "datatype": "FP32", "shape": [1], "data": [3.0]}]}\
      """;

  @TempDir Path root;

  @BeforeAll
  static void needsCurl() throws Exception {
    try {
      new ProcessBuilder("curl", "--version").start().waitFor();
    } catch (IOException e) {
      assumeTrue(false, "there is no curl here");
    }
  }

  @Test
  void allFormsOfAnInstanceHaveOneScore() throws Exception {
    try (ServedSample sample = new ServedSample(root)) {
      float score = sample.score(Map.of("user", "ü1", "genres", List.of("war"), "price", 3));
      String rows = "{\"instances\": [{\"features\": " + INSTANCE + "}]}";
      String columns = "{\"inputs\": " + INSTANCE.replaceAll(": ([^,}]+)", ": [$1]") + "}";

      for (String path :
          List.of(
              "/v1/models/ctr:predict",
              "/v1/models/ctr%3Apredict",
              "/v1/models/ctr/versions/3:predict")) {
        assertScore(curl(200, sample, path, "-d", rows).at("/predictions/0"), score);
        assertScore(curl(200, sample, path, "-d", columns).at("/outputs/0"), score);
      }
      for (String path : List.of("/v2/models/ctr/infer", "/v2/models/ctr/versions/3/infer")) {
        assertScore(curl(200, sample, path, "--json", V2).at("/outputs/0/data/0"), score);
      }
      assertThat(curl(404, sample, "/v2/models/ctr/versions/8/infer", "-d", V2).has("error"))
          .isTrue();
      assertThat(curl(400, sample, "/v2/models/ctr/infer", "-d", "[]").has("error")).isTrue();
      for (String path :
          List.of(
              "/v2",
              "/v2/health/live",
              "/v2/health/ready",
              "/v2/models/ctr",
              "/v2/models/ctr/ready")) {
        assertThat(curl(200, sample, path).isObject()).isTrue();
      }
    }
  }

  private static void assertScore(JsonNode found, float score) {
    assertThat(found.isNumber()).isTrue();
    assertThat(found.asDouble()).isCloseTo(score, within(1e-6));
  }

  private static JsonNode curl(int status, ServedSample sample, String path, String... options)
      throws Exception {
    List<String> command = new ArrayList<>(List.of("curl", "-sS", "-w", "\n%{http_code}"));
    command.addAll(List.of(options));
    command.add(sample.uri(path).toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said).endsWith("\n" + status);
    return new ObjectMapper().readTree(said);
  }
}
