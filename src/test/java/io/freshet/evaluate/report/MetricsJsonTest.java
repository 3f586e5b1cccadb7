package io.freshet.evaluate.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.freshet.evaluate.metric.WindowedMetrics;
import io.freshet.model.batch.ExampleAttributes;
import io.freshet.model.batch.Predictions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class MetricsJsonTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Metrics SOME = new Metrics(60_000, 120_000, 4, 1, 0.25, 0.5, 0.75, 0.9, 1.1);

  @Test
  void holdsTheWindowAndTheFiguresSinceStart() throws IOException {
    JsonNode json = json(new MetricsReport(SOME, SOME, 44, 1, 2));

    assertThat(json.at("/model").asText()).isEqualTo("ctr");
    assertThat(json.at("/window/from").asLong()).isEqualTo(60_000);
    assertThat(json.at("/window/auc").asDouble()).isEqualTo(0.75);
    assertThat(json.at("/since_start/occurrences").asLong()).isEqualTo(44);
    assertThat(json.at("/since_start/late").asLong()).isEqualTo(2);
  }

  @Test
  void figuresThatAreNotDefinedAreNull() throws IOException {
    JsonNode json = json(new MetricsReport(Metrics.NONE, SOME, 0, 0, 0));

    assertThat(json.at("/window/auc").isNull()).isTrue();
    assertThat(json.at("/since_start/auc").isNull()).isFalse();
  }

  @Test
  void keepsToItsSchema() throws IOException {
    JsonNode whole = json(new MetricsReport(SOME, SOME, 44, 1, 2));
    JsonNode bare = json(new MetricsReport(Metrics.NONE, Metrics.NONE, 0, 0, 0));
    ObjectNode more = whole.deepCopy();
    ((ObjectNode) more.get("window")).put("more", 1);
    ObjectNode less = whole.deepCopy();
    ((ObjectNode) less.get("since_start")).remove("late");

    assertThat(schema().validate(whole)).isEmpty();
    assertThat(schema().validate(bare)).isEmpty();
    assertThat(schema().validate(more)).hasSize(1);
    assertThat(schema().validate(less)).isNotEmpty();
  }

  @Test
  void keyNamesModelAndWindow() {
    assertThat(MetricsJson.key("ctr", new MetricsReport(SOME, SOME, 0, 0, 0)))
        .isEqualTo("ctr/60000");
  }

  @Test
  void aSliceStandsUnderItsOwnKey() throws IOException {
    MetricsReport report = MetricsReport.of(new Slice("device", "phone"), SOME, SOME);

    JsonNode json = json(report);

    assertThat(MetricsJson.key("ctr", report)).isEqualTo("ctr/device=phone/60000");
    assertThat(json.at("/series").asText()).isEqualTo("slice");
    assertThat(json.at("/slice/value").asText()).isEqualTo("phone");
    assertThat(json.at("/since_start").has("occurrences")).isFalse();
    assertThat(schema().validate(json)).isEmpty();
    ObjectNode unnamed = json.deepCopy();
    unnamed.remove("slice");
    assertThat(schema().validate(unnamed)).isNotEmpty();
  }

  @Test
  void tellsHowExamplesAreSpread() throws IOException {
    WindowedMetrics metrics = new WindowedMetrics(Duration.ofMinutes(1));
    ExampleAttributes traits =
        new ExampleAttributes(0, 0, new long[] {1, 1}, new int[3], new long[0], new String[0]);
    metrics.add(
        new Predictions(
                new long[2], new float[] {0, 1}, new float[] {1, 1}, new float[] {0.2f, 0.6f}, 9)
            .with(traits));

    JsonNode json = json(metrics.advanceTo(Long.MAX_VALUE).get(0));

    assertThat(json.at("/window/gauc").asDouble()).isEqualTo(1);
    assertThat(json.at("/window/gauc_left_out").asDouble()).isZero();
    assertThat(json.at("/since_start/deciles")).hasSize(10);
    assertThat(json.at("/since_start/users_per_64").isNull()).isTrue();
    assertThat(schema().validate(json)).isEmpty();
  }

  private static JsonNode json(MetricsReport report) throws IOException {
    return MAPPER.readTree(MetricsJson.value("ctr", report));
  }

  private static JsonSchema schema() throws IOException {
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
        .getSchema(Files.readString(Path.of("schemas/metrics.schema.json")));
  }
}
