package io.freshet.event.decode;

import static io.freshet.event.Decoded.good;
import static io.freshet.event.Decoded.texts;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.event.DecodeResult;
import io.freshet.event.EventSettings;
import io.freshet.event.FeatureNames;
import io.freshet.event.Impression;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The published schemas of Avro, and the example of one that a team may have of its own. */
final class AvroSchemasTest {
  private static final Path SCHEMAS = Path.of("schemas");
  private static final FeatureNames NAMES =
      new FeatureNames(List.of("user", "item", "genres", "price", "logged_in", "campaign"));

  @ParameterizedTest
  @MethodSource("published")
  void aPublishedSchemaHasTheKeysOfItsJson(Path file) throws IOException {
    String name = file.getFileName().toString().replace(".avsc", "");
    Path json = SCHEMAS.resolve(name + ".schema.json");
    JsonNode keys = new ObjectMapper().readTree(json.toFile()).get("properties");

    Schema schema = new Schema.Parser().parse(Files.readString(file));

    assertThat(schema.getFields())
        .extracting(Schema.Field::name)
        .containsExactlyInAnyOrderElementsOf(
            keys.properties().stream().map(java.util.Map.Entry::getKey).toList());
  }

  static List<Path> published() throws IOException {
    try (Stream<Path> files = Files.list(SCHEMAS)) {
      return files.filter(file -> file.toString().endsWith(".avsc")).sorted().toList();
    }
  }

  @Test
  void aTypedSchemaOfATeamIsReadAsTheExampleInJson() throws Exception {
    byte[] json = Files.readAllBytes(SCHEMAS.resolve("examples/impression.json"));
    JsonNode event = new ObjectMapper().readTree(json);
    AvroValues avro = new AvroValues();
    Schema schema = avro.put(5, Files.readString(SCHEMAS.resolve("examples/ad-impression.avsc")));
    long time = event.get("timestamp").asLong();
    GenericData.Record record = new GenericData.Record(schema);
    record.put("impression_id", event.get("impression_id").asText());
    record.put("timestamp", time * 1000);
    record.put("features", features(event.get("features"), schema));

    DecodeResult<Impression> outcome =
        new ImpressionDecoder(EventSettings.DEFAULT, NAMES, avro.records(EventSettings.DEFAULT))
            .decode(avro.write(5, record), time);

    Impression expected =
        good(new ImpressionDecoder(EventSettings.DEFAULT, NAMES).decode(json, time));
    Impression actual = good(outcome);
    assertThat(actual.id()).isEqualTo(expected.id());
    assertThat(actual.timestamp()).isEqualTo(expected.timestamp());
    assertThat(actual.weight()).isEqualTo(expected.weight());
    assertThat(texts(actual.features())).hasSize(6).isEqualTo(texts(expected.features()));
  }

  private static GenericData.Record features(JsonNode json, Schema schema) {
    Schema type = schema.getField("features").schema();
    Schema genre = type.getField("genres").schema().getElementType();
    GenericData.Record features = new GenericData.Record(type);
    features.put("user", json.get("user").asText());
    features.put("item", json.get("item").asText());
    features.put(
        "genres",
        List.of(
            new GenericData.EnumSymbol(genre, json.get("genres").get(0).asText()),
            new GenericData.EnumSymbol(genre, json.get("genres").get(1).asText())));
    features.put("price", json.get("price").floatValue());
    features.put("logged_in", json.get("logged_in").asBoolean());
    return features;
  }
}
