package io.freshet.lab.labels.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DriftCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path folder;

  @Test
  void allModelsPredictTheSameImpressionsAndFollowingPays() throws Exception {
    int code =
        run(
            "--days",
            "4",
            "--warm-up",
            "2",
            "--per-second",
            "0.1",
            "--drift",
            "0.2",
            "--replicates",
            "20");

    assertThat(code).as(err.toString()).isZero();
    Map<String, JsonNode> models = new HashMap<>();
    new ObjectMapper()
        .readTree(out.toString())
        .get("models")
        .forEach(model -> models.put(model.get("model").asText(), model));
    assertThat(models).hasSize(9);
    assertThat(models.values())
        .allMatch(model -> model.get("days_measured").size() == 2)
        .extracting(model -> model.get("examples").asLong())
        .containsOnly(models.get(DriftRun.BEST).get("examples").asLong());
    assertThat(excess(models, DriftRun.BEST)).isCloseTo(0, within(1e-6));
    assertThat(excess(models, DriftRun.EVERY_MINUTE))
        .isLessThan(excess(models, "synced every 5 h"))
        .isLessThan(excess(models, DriftRun.FROZEN));
  }

  @Test
  void plotIsAnSvgFileOfFourCurves() throws Exception {
    int code = run("--days", "3", "--warm-up", "1", "--per-second", "0.02", "--replicates", "2");

    assertThat(code).as(err.toString()).isZero();
    byte[] svg = Files.readAllBytes(folder.resolve("plot.svg"));
    var parsed =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg));
    assertThat(parsed.getDocumentElement().getTagName()).isEqualTo("svg");
    assertThat(new String(svg, StandardCharsets.UTF_8))
        .contains("frozen 0.", "daily 0.", "live 0.", "best 0.");
  }

  @Test
  void wrongUsageIsRefused() {
    assertThat(run("--warm-up", "30")).isEqualTo(2);
    assertThat(run("--per-second", "0")).isEqualTo(2);
    assertThat(err.toString())
        .contains("--warm-up must be 1 or more and below --days", "--per-second must be");
  }

  private static double excess(Map<String, JsonNode> models, String name) {
    return models.get(name).get("excess_loss").asDouble();
  }

  private int run(String... arguments) {
    return new CommandLine(new DriftCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(
            Stream.concat(
                    Stream.of(arguments),
                    Stream.of("--json", "--plot", folder.resolve("plot.svg").toString()))
                .toArray(String[]::new));
  }
}
