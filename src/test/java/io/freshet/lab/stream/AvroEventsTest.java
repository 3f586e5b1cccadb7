package io.freshet.lab.stream;

import static io.freshet.event.Decoded.good;
import static io.freshet.event.Decoded.texts;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.event.Click;
import io.freshet.event.EventSettings;
import io.freshet.event.FeatureNames;
import io.freshet.event.Impression;
import io.freshet.event.SchemaLocations;
import io.freshet.event.avro.AvroRecords;
import io.freshet.event.decode.ClickDecoder;
import io.freshet.event.decode.ImpressionDecoder;
import io.freshet.event.frame.SchemaId;
import io.freshet.event.registry.AvroSchemas;
import io.freshet.event.registry.SchemaFolder;
import io.freshet.event.registry.SchemaLookup;
import io.freshet.lab.stream.EventRecord.Topic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AvroEventsTest {
  private static final long T = 1_767_225_600_000L;
  private static final FeatureNames NAMES =
      new FeatureNames(List.of("user", "item", "genres", "price", "logged_in", "campaign"));

  @TempDir private Path folder;
  private AvroRecords records;

  @BeforeEach
  void look() {
    SchemaLocations places = new SchemaLocations(folder.toString(), "", "", Duration.ZERO);
    records =
        new AvroRecords(
            EventSettings.DEFAULT.maxBytes(), new SchemaLookup<>(places, new AvroSchemas()));
  }

  @Test
  void thePublishedExamplesMeanTheSameInAvro() throws Exception {
    byte[] impression = Files.readAllBytes(Path.of("schemas/examples/impression.json"));
    byte[] click = Files.readAllBytes(Path.of("schemas/examples/click.json"));
    AvroEvents avro = AvroEvents.into(folder.toString());

    Impression same =
        good(
            new ImpressionDecoder(EventSettings.DEFAULT, NAMES, records)
                .decode(avro.apply(record(Topic.IMPRESSIONS, impression)).value(), T));
    Click sameClick =
        good(
            new ClickDecoder(EventSettings.DEFAULT, Optional.of("click"), records)
                .decode(avro.apply(record(Topic.CLICKS, click)).value(), T));

    Impression expected =
        good(new ImpressionDecoder(EventSettings.DEFAULT, NAMES).decode(impression, T));
    assertThat(texts(same.features())).isNotEmpty().isEqualTo(texts(expected.features()));
    assertThat(same.id()).isEqualTo(expected.id());
    assertThat(same.timestamp()).isEqualTo(expected.timestamp());
    assertThat(same.weight()).isEqualTo(expected.weight());
    assertThat(sameClick).isEqualTo(good(new ClickDecoder(EventSettings.DEFAULT).decode(click, T)));
  }

  @Test
  void schemasKeepTheirIdsAndTakeFreeOnes() throws Exception {
    Schema other = Schema.createEnum("Other", null, "x", List.of("a"));
    SchemaFolder<Schema> files = new SchemaFolder<>(folder.toString(), new AvroSchemas());
    files.put(SchemaId.of(41), other);

    byte[] first = sent();
    byte[] second = sent();

    assertThat(files.names()).containsExactly("41", "42", "43");
    assertThat(first).startsWith(0, 0, 0, 0, 42).isEqualTo(second);
  }

  @Test
  void whatNoRecordCanSayStaysAsItIs() throws Exception {
    AvroEvents avro = AvroEvents.into(folder.toString());
    for (String bad :
        List.of("", "no JSON", "{\"impression_id\":\"a\",\"timest", "{\"timestamp\":1}", "[]")) {
      EventRecord record = record(Topic.CLICKS, bad.getBytes(UTF_8));

      assertThat(avro.apply(record)).isSameAs(record);
    }
  }

  private byte[] sent() throws Exception {
    byte[] json = EventJson.impression("a", T, java.util.Map.of("user", "u"));
    return AvroEvents.into(folder.toString()).apply(record(Topic.IMPRESSIONS, json)).value();
  }

  private static EventRecord record(Topic topic, byte[] value) {
    return new EventRecord(topic, Optional.empty(), T, value);
  }
}
