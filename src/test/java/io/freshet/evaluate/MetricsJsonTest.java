package io.freshet.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  private static JsonNode json(MetricsReport report) throws IOException {
    return MAPPER.readTree(MetricsJson.value("ctr", report));
  }

  private static JsonSchema schema() throws IOException {
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
        .getSchema(Files.readString(Path.of("schemas/metrics.schema.json")));
  }
}
