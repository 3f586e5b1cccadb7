package io.freshet.snapshot.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.freshet.feature.CategoricalField;
import io.freshet.feature.CrossField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.MultiField;
import io.freshet.feature.MultiField.Combiner;
import io.freshet.feature.NumericField;
import io.freshet.feature.NumericField.Transform;
import io.freshet.feature.VectorField;
import io.freshet.feature.VectorField.Encoding;
import io.freshet.feature.example.LabelPolicy;
import io.freshet.feature.example.LabelSettings;
import io.freshet.feature.example.LabelSettings.Sampling;
import io.freshet.model.label.LabelCorrection;
import io.freshet.snapshot.format.Manifest.Kind;
import io.freshet.snapshot.store.GoldenFormatTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DIGEST = "0123456789abcdef".repeat(4);

  @Test
  void whatIsWrittenIsReadAgain() throws Exception {
    Manifest manifest = manifest(Map.of("auc", 0.75));

    assertThat(Manifest.of(manifest.toJson())).isEqualTo(manifest);
  }

  @Test
  void figuresThatAreNotFiniteAreLeftOut() throws Exception {
    Manifest manifest = manifest(Map.of("auc", 0.75, "ne", Double.NaN, "x", 1 / 0.0));

    assertThat(Manifest.of(manifest.toJson()).metrics()).isEqualTo(Map.of("auc", 0.75));
  }

  @Test
  void whatIsWrittenFitsThePublishedSchema() throws Exception {
    JsonNode json = JSON.readTree(manifest(Map.of("auc", 0.75)).toJson());

    assertThat(schema().validate(json)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"901de210-0000000007", "901de210-0000000009"})
  void theGoldenManifestsFitThePublishedSchema(String version) throws Exception {
    Path file = GoldenFormatTest.resource("golden-1.0").resolve(version).resolve("manifest.json");

    assertThat(schema().validate(JSON.readTree(file.toFile()))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0badcafe-0000000007/manifest.json",
        "0badcafe-0000000008/manifest.json",
        "0badcafe-0000000009/full.json"
      })
  void aGoldenManifestIsWrittenAsItWas(String file) throws Exception {
    byte[] golden = Files.readAllBytes(GoldenFormatTest.resource("golden-1.1").resolve(file));

    ObjectNode written = (ObjectNode) JSON.readTree(Manifest.of(golden).toJson());
    written.put("format", "1.1").remove(List.of("labels", "digest")); // these manifests are older
    assertThat(written).isEqualTo(JSON.readTree(golden));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0badcafe-0000000007", "0badcafe-0000000009"})
  void aManifestOfFormat1Dot2FitsTheSchemaAndIsWrittenAsItWas(String version) throws Exception {
    Path file = GoldenFormatTest.resource("golden-1.2").resolve(version).resolve("manifest.json");
    byte[] golden = Files.readAllBytes(file);

    assertThat(schema().validate(JSON.readTree(golden))).isEmpty();
    ObjectNode written = (ObjectNode) JSON.readTree(Manifest.of(golden).toJson());
    written.put("format", "1.2").remove("digest");
    assertThat(written).isEqualTo(JSON.readTree(golden));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0badcafe-0000000007", "0badcafe-0000000009"})
  void aManifestOfFormat1Dot3FitsTheSchemaAndIsWrittenAsItWas(String version) throws Exception {
    Path file = GoldenFormatTest.resource("golden-1.3").resolve(version).resolve("manifest.json");
    byte[] golden = Files.readAllBytes(file);

    assertThat(schema().validate(JSON.readTree(golden))).isEmpty();
    assertThat(Manifest.of(golden).toJson()).isEqualTo(golden);
  }

  @Test
  void whatTheDigestDoesNotFitIsRefusedAndAnotherLayoutIsNot() throws Exception {
    ObjectNode json = (ObjectNode) JSON.readTree(manifest(Map.of()).toJson());
    byte[] compact = JSON.writeValueAsBytes(json);
    byte[] changed = JSON.writeValueAsBytes(json.put("sampling_rate", 0.5));

    assertThat(Manifest.of(compact)).isEqualTo(manifest(Map.of()));
    assertThatThrownBy(() -> Manifest.of(changed))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the file says " + json.get("digest").asText());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "null", "[]", "7"})
  void whatIsNoObjectIsRefused(String json) {
    assertThatThrownBy(() -> Manifest.of(json.getBytes(UTF_8)))
        .isInstanceOf(IOException.class)
        .hasMessageEndingWith("bytes that are no JSON object");
  }

  @ParameterizedTest
  @CsvSource({
    "embedding_size, 2147483647, '\"model\": embedding_size: 2147483647 is not allowed; expected"
        + " from 0 to 65536'",
    "cross_layers, -1, 'cross_layers: -1'",
    "hidden_layers, [1000000000], 'hidden_layers: 1000000000'"
  })
  void sizesThatWouldTakeAllMemoryAreRefused(String key, String value, String reason)
      throws Exception {
    ObjectNode json = json();
    ((ObjectNode) json.get("model")).set(key, JSON.readTree(value));
    byte[] bytes = JSON.writeValueAsBytes(json);

    assertThatThrownBy(() -> Manifest.of(bytes))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void labelsThatFormat1Dot0LacksFollowFromTheSamplingRate() throws Exception {
    ObjectNode json = json();
    json.remove("labels");

    assertThat(Manifest.of(JSON.writeValueAsBytes(json)).labels())
        .isEqualTo(new Labels("click", "wait", "log-odds"));
  }

  @Test
  void thePublishedSchemaRefusesADeltaWithoutParent() throws Exception {
    ObjectNode json = json();
    json.remove("parent");

    assertThat(schema().validate(json)).isNotEmpty();
  }

  @Test
  void aNewerMinorFormatIsReadable() throws Exception {
    ObjectNode json = json();
    json.put("format", "1.7").put("something_new", true);

    assertThat(Manifest.of(JSON.writeValueAsBytes(json)).name()).isEqualTo("ctr");
  }

  @Test
  void aNewerMajorFormatIsRefused() throws Exception {
    byte[] bytes = JSON.writeValueAsBytes(json().put("format", "2.0"));

    assertThatThrownBy(() -> Manifest.of(bytes))
        .isInstanceOf(IOException.class)
        .hasMessage("format \"2.0\" is not readable by this version, which reads 1.x");
  }

  @ParameterizedTest
  @CsvSource({
    "name, , \"name\" is missing",
    "version, 17, '\"version\" is 17, not a string'",
    "version, \"../../etc\", '\"version\": \"../../etc\" is not the name of a version'",
    "kind, \"half\", 'not full or delta'",
    "kind, \"full\", 'has the parent'",
    "created, \"yesterday\", yesterday",
    "embeddings, {}, 'not an array'",
    "dense, {}, '\"dense.name\" is missing'",
    "model, {\"kind\": \"fm\"}, '\"model.embedding_size\" is missing'",
    "offsets, {\"clicks-0\": \"7\"}, '\"offsets.clicks-0\" is \"7\", not a whole number'"
  })
  void aBrokenManifestIsRefusedWithTheKey(String key, String value, String reason)
      throws Exception {
    ObjectNode json = json();
    json.remove(key);
    if (value != null) {
      json.set(key, JSON.readTree(value));
    }
    byte[] bytes = JSON.writeValueAsBytes(json);

    assertThatThrownBy(() -> Manifest.of(bytes))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(reason);
  }

  private static ObjectNode json() throws IOException {
    ObjectNode json = (ObjectNode) JSON.readTree(manifest(Map.of()).toJson());
    json.remove("digest"); // of what it is before a test changes it
    return json;
  }

  private static Manifest manifest(Map<String, Double> metrics) {
    FeatureSchema schema =
        new FeatureSchema(
            List.of(
                new CategoricalField("user", 1),
                new MultiField("genres", 2),
                new VectorField("photo", 9, 128),
                new VectorField("text", 10, 64, Encoding.BASE64),
                new MultiField("tags", 8, Combiner.SQRTN, "tag_weights"),
                new NumericField("a", 3, new Transform.Identity()),
                new NumericField("b", 4, new Transform.Log()),
                new NumericField("c", 5, new Transform.Standardize(-1.5, 2)),
                new NumericField("d", 6, new Transform.Buckets(List.of(0.5, 1e300))),
                new CrossField("user-genre", 7, List.of("user", "genres"))),
            "user");
    return new Manifest(
        "ctr",
        Kind.DELTA,
        new Version("01234567", 12),
        Optional.of(new Version("89abcdef", 11)),
        Optional.empty(),
        Instant.parse("2026-01-02T03:04:05.678Z"),
        new Manifest.Model(
            "dcn", 10, List.of(128, 64), 3, Map.of(), List.of(), Map.of(2, 4, 4095, 1)),
        schema,
        new Manifest.UnknownIds("zero", Long.MIN_VALUE, List.of(2, 7)),
        new DataFile.DenseFile(
            "dense.safetensors",
            1L << 40,
            DIGEST,
            List.of(new DataFile.TensorShape("deep.0.weight", List.of(70L, 128L))),
            5),
        List.of(new DataFile.EmbeddingFile("embeddings-0.safetensors", 1, DIGEST, 2, 3)),
        List.of(new DataFile.HistoryFile("histories-0.safetensors", 4, DIGEST, 5, 6)),
        metrics,
        Map.of("impressions-0", Long.MAX_VALUE),
        0.25,
        new Labels("min(1, 0.5 (click))", "wait", "log-odds"),
        List.of("recent_ne is 1.2, above 1"),
        List.of(-7L, 9L),
        Optional.empty());
  }

  @Test
  void labelsSayHowALogitBecomesAProbability() throws IOException {
    LabelSettings wait = LabelSettings.DEFAULT;
    LabelSettings calibrated = LabelSettings.of(LabelPolicy.FAKE_NEGATIVE_CALIBRATION);
    LabelSettings weighted = LabelSettings.of(LabelPolicy.FAKE_NEGATIVE_WEIGHTED);

    for (LabelSettings labels :
        List.of(
            wait,
            wait.withNegatives(0.1, Sampling.LOG_ODDS),
            wait.withNegatives(0.1, Sampling.WEIGHT),
            calibrated,
            calibrated.withNegatives(0.2, Sampling.LOG_ODDS),
            weighted.withNegatives(0.2, Sampling.LOG_ODDS))) {
      Labels told = Labels.of("click", labels);
      for (float logit : new float[] {-3, -0.5f, 0, 2}) {
        assertThat(told.toCorrection(labels.negativeRate()).probability(logit))
            .as("%s at %s", told, logit)
            .isEqualTo(LabelCorrection.of(labels).probability(logit));
      }
    }
    assertThatIOException()
        .isThrownBy(() -> new Labels("click", "wait", "isotonic").toCorrection(1))
        .withMessage("labels.correction is \"isotonic\", unknown here");
  }

  private static JsonSchema schema() throws IOException {
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
        .getSchema(Files.readString(Path.of("schemas/manifest.schema.json")));
  }
}
