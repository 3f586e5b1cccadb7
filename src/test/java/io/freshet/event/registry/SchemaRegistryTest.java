package io.freshet.event.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.freshet.event.RejectedException;
import io.freshet.event.Rejection.Kind;
import io.freshet.event.frame.SchemaId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.apache.avro.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class SchemaRegistryTest {
  private static final String CLICK =
      """
      {"type": "record", "name": "Click", "namespace": "a", "fields": [
        {"name": "impression_id", "type": "string"}]}
      """;

  private FakeRegistry server;

  @BeforeEach
  void start() throws IOException {
    server = new FakeRegistry(0);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void usageExample() throws Exception {
    server.put(7, CLICK);

    Schema schema = registry("").find(SchemaId.of(7)).orElseThrow();

    assertThat(schema).isEqualTo(new Schema.Parser().parse(CLICK));
    assertThat(server.requests).containsExactly("/schemas/ids/7");
  }

  @Test
  void otherKeysOfAnAnswerAreIgnored() throws Exception {
    server.answer(
        "/schemas/ids/7",
        200,
        """
        {"schema": "\\"string\\"", "schemaType": "AVRO", "id": 7, "guid": "8979", "maxId": 9,
         "references": [], "metadata": {"tags": {}}, "ruleSet": null, "subject": "a", "ts": 1}
        """);

    assertThat(registry("").find(SchemaId.of(7))).contains(Schema.create(Schema.Type.STRING));
  }

  @Test
  void aGuidAndAGlobalIdAreAskedForWhereTheyAreKnown() throws Exception {
    UUID guid = UUID.fromString("89791762-2336-4186-9674-299b90a802e2");
    server.answer("/schemas/guids/" + guid, 200, "{\"schema\": \"\\\"long\\\"\"}");
    server.answer("/apis/registry/v2/ids/globalIds/9", 200, "\"double\"");
    server.answer(
        "/apis/registry/v2/ids/globalIds/10",
        404,
        "{\"error_code\": 404, \"name\": \"ArtifactNotFoundException\"}");
    SchemaRegistry<Schema> apicurio =
        new SchemaRegistry<>(
            server.url() + "/apis/ccompat/v7", "", Duration.ofSeconds(1), new AvroSchemas());

    assertThat(registry("").find(SchemaId.ofGuid(guid))).contains(Schema.create(Schema.Type.LONG));
    assertThat(apicurio.find(SchemaId.ofGlobal(9))).contains(Schema.create(Schema.Type.DOUBLE));
    assertThat(apicurio.find(SchemaId.ofGlobal(10))).isEmpty();
    assertThatIOException()
        .isThrownBy(() -> registry("").find(SchemaId.ofGlobal(9)))
        .withMessageContaining("expected its address in events.registry");
  }

  @Test
  void whatASchemaRefersToIsFetchedOnceAndFirst() throws Exception {
    server.put(
        "/subjects/a.User/versions/3",
        "{\"type\":\"enum\",\"name\":\"a.User\",\"symbols\":[\"x\"]}",
        List.of());
    server.put(
        "/subjects/a%2FPage%20s/versions/1",
        "{\"type\":\"record\",\"name\":\"a.Page\",\"fields\":[{\"name\":\"u\",\"type\":\"a.User\"}]}",
        List.of(List.of("a.User", "a.User", "3")));
    server.put(
        "/schemas/ids/7",
        """
        {"type": "record", "name": "a.Click", "fields": [
          {"name": "u", "type": "User"}, {"name": "p", "type": "Page"}]}
        """,
        List.of(List.of("a.User", "a.User", "3"), List.of("a.Page", "a/Page s", "1")));

    Schema schema = registry("").find(SchemaId.of(7)).orElseThrow();

    assertThat(schema.getField("p").schema().getField("u").schema())
        .isEqualTo(schema.getField("u").schema());
    assertThat(server.requests).hasSize(3);
    assertThat(new Schema.Parser().parse(schema.toString())).isEqualTo(schema);
  }

  @Test
  void aSchemaThatIsNotThereIsAnAnswer() throws Exception {
    assertThat(registry("").find(SchemaId.of(8))).isEmpty();
    assertThat(registry("").find(SchemaId.of(-1))).isEmpty();
    assertThat(server.requests).contains("/schemas/ids/4294967295");
  }

  @Test
  void a404ThatIsNoRegistrysIsNoAnswer() {
    server.answer("/schemas/ids/7", 404, "{\"error_code\":404,\"message\":\"HTTP 404 Not Found\"}");
    server.answer("/schemas/ids/8", 404, "<html>no such page</html>");

    assertAway(7, "answers /schemas/ids/7 with 404", "check events.registry");
    assertAway(8, "no such page");
  }

  @Test
  void failuresAreNoAnswer() {
    server.answer("/schemas/ids/1", 500, "{\"error_code\":50001}");
    server.answer("/schemas/ids/2", 401, "");
    server.answer("/schemas/ids/3", 200, "<html>");
    server.answer("/schemas/ids/4", 200, "{\"id\": 4}");
    server.answer("/schemas/ids/5", 301, "");
    server.answerSlowly("/schemas/ids/6", 20_000);

    assertAway(1, "with 500", "50001");
    assertAway(2, "with 401", "check events.registry-auth");
    assertAway(3, "no JSON: <html>");
    assertAway(4, "an answer without a schema");
    assertAway(5, "with 301");
    assertAway(6, "does not answer /schemas/ids/6");
  }

  @Test
  void aRegistryThatIsAwayIsNoAnswer() {
    server.close();

    assertAway(7, server.url(), "does not answer", "ConnectException");
  }

  @Test
  void otherKindsOfSchemasAreToldFromAvro() throws Exception {
    server.answer("/schemas/ids/1", 200, "{\"schema\":\"syntax\",\"schemaType\":\"PROTOBUF\"}");
    server.answer("/schemas/ids/2", 200, "{\"schema\":\"{\\\"type\\\":\\\"what\\\"}\"}");

    assertUnknown(1, "schema 1 is of type PROTOBUF");
    assertUnknown(2, "schema 2 is no schema of Avro's");
  }

  @Test
  void credentialsAreSentAndNotTold() throws Exception {
    server.answer("/schemas/ids/1", 403, "no");

    assertThatIOException()
        .isThrownBy(() -> registry("me:secret").find(SchemaId.of(1)))
        .satisfies(e -> assertThat(e.toString()).doesNotContain("secret").doesNotContain("bWU6"));
    assertThat(registry("Bearer t0ken").find(SchemaId.of(8))).isEmpty();

    assertThat(server.requests)
        .containsExactly("/schemas/ids/1 Basic bWU6c2VjcmV0", "/schemas/ids/8 Bearer t0ken");
  }

  private void assertAway(int id, String... words) {
    assertThatIOException()
        .isThrownBy(() -> registry("").find(SchemaId.of(id)))
        .satisfies(e -> assertThat(e.getMessage()).contains(words));
  }

  private void assertUnknown(int id, String words) {
    assertThatExceptionOfType(RejectedException.class)
        .isThrownBy(() -> registry("").find(SchemaId.of(id)))
        .satisfies(
            e -> {
              assertThat(e.rejection().kind()).isEqualTo(Kind.UNKNOWN_SCHEMA);
              assertThat(e.rejection().reason()).contains(words);
            });
  }

  private SchemaRegistry<Schema> registry(String credentials) {
    return new SchemaRegistry<>(
        server.url() + "/", credentials, Duration.ofSeconds(1), new AvroSchemas());
  }
}
