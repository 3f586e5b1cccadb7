package io.freshet.event.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.FileDescriptor;
import io.freshet.event.RejectedException;
import io.freshet.event.SchemaLocations;
import io.freshet.event.frame.SchemaId;
import io.freshet.event.protobuf.ProtoFiles;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProtobufSchemasTest {
  private static final String CLIENT = "syntax = \"proto3\"; message Client { string id = 1; }";
  private static final String CLICK =
      """
      syntax = "proto3"; package shop;
      import "client.proto"; import "google/protobuf/timestamp.proto"; import "options.proto";
      message Click { Client client = 1; google.protobuf.Timestamp at = 2; }
      """;

  @TempDir private Path folder;

  @Test
  void aRegistryHasAFileAndWhatItImports() throws Exception {
    try (FakeRegistry registry = new FakeRegistry(0)) {
      registry.put("/subjects/clients/versions/2", base64(ProtoFiles.proto("", CLIENT)), List.of());
      registry.answer(
          "/schemas/ids/7",
          200,
          """
          {"schemaType": "PROTOBUF", "schema": "%s",
           "references": [{"name": "client.proto", "subject": "clients", "version": 2}]}
          """
              .formatted(base64(ProtoFiles.proto("default", CLICK))));
      registry.put(8, "\"string\"");
      registry.answer(
          "/schemas/ids/9", 200, "{\"schemaType\": \"PROTOBUF\", \"schema\": \"message X {}\"}");
      SchemaLookup<FileDescriptor> schemas = lookup(registry.url(), Duration.ofSeconds(5));

      FileDescriptor click = schemas.of(SchemaId.of(7));

      assertThat(fields(click)).containsExactly("Client", "google.protobuf.Timestamp");
      assertThatExceptionOfType(RejectedException.class)
          .isThrownBy(() -> schemas.of(SchemaId.of(8)))
          .withMessageContaining("of type AVRO; expected PROTOBUF");
      assertThatExceptionOfType(UncheckedIOException.class)
          .as("of a registry that knows no descriptors, which is no fault of the records")
          .isThrownBy(() -> lookup(registry.url(), Duration.ZERO).of(SchemaId.of(9)))
          .withMessageContaining("give a file of them in events.protobuf.descriptor");
    }

    assertThat(folder.resolve("7.desc")).exists();
    FileDescriptor kept = lookup("", Duration.ZERO).of(SchemaId.of(7));
    assertThat(fields(kept)).containsExactly("Client", "google.protobuf.Timestamp");
  }

  @Test
  void whatIsNoDescriptorSetIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ProtobufSchemas.files("message X {}".getBytes(StandardCharsets.UTF_8)))
        .withMessageContaining("no descriptor set");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                ProtobufSchemas.files(ProtoFiles.set("message X { Missing y = 1; }").toByteArray()))
        .withMessageContaining("Missing");
  }

  private static List<String> fields(FileDescriptor click) {
    return click.findMessageTypeByName("Click").getFields().stream()
        .map(field -> field.getMessageType().getFullName())
        .toList();
  }

  private static String base64(FileDescriptorProto file) {
    return Base64.getEncoder().encodeToString(file.toByteArray());
  }

  private SchemaLookup<FileDescriptor> lookup(String registry, Duration patience) {
    return new SchemaLookup<>(
        new SchemaLocations(folder.toUri().toString(), registry, "", patience),
        new ProtobufSchemas());
  }
}
