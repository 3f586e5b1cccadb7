package io.freshet.event.decode;

import static io.freshet.event.Decoded.good;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import io.apicurio.registry.resolver.ParsedSchemaImpl;
import io.apicurio.registry.resolver.SchemaLookupResult;
import io.apicurio.registry.resolver.SchemaParser;
import io.apicurio.registry.resolver.SchemaResolver;
import io.apicurio.registry.resolver.client.RegistryClientFacade;
import io.apicurio.registry.resolver.data.Record;
import io.apicurio.registry.resolver.strategy.ArtifactReference;
import io.apicurio.registry.resolver.strategy.ArtifactReferenceResolverStrategy;
import io.apicurio.registry.serde.Legacy8ByteIdHandler;
import io.apicurio.registry.serde.avro.AvroKafkaSerializer;
import io.apicurio.registry.serde.protobuf.ProtobufKafkaSerializer;
import io.apicurio.registry.utils.protobuf.schema.ProtobufSchema;
import io.freshet.event.Click;
import io.freshet.event.EventSettings;
import io.freshet.event.avro.AvroRecords;
import io.freshet.event.frame.RecordHeaders;
import io.freshet.event.frame.SchemaId;
import io.freshet.event.parse.RecordParser;
import io.freshet.event.protobuf.ProtoFiles;
import io.freshet.event.protobuf.ProtobufRecords;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records that Apicurio's own serializers wrote, in each way that they have to name a schema. */
final class ApicurioRecordsTest {
  private static final long T = 1_767_225_600_000L;
  private static final long GLOBAL = 9;
  private static final long CONTENT = 7;
  private static final String HEADERS = "apicurio.registry.headers.enabled";
  private static final String USE_ID = "apicurio.registry.use-id";
  private static final Click CLICK = new Click("i1", T);

  private final Map<String, Object> options = new HashMap<>();
  private final org.apache.kafka.common.header.internals.RecordHeaders headers =
      new org.apache.kafka.common.header.internals.RecordHeaders();
  private SchemaId asked;

  @ParameterizedTest
  @CsvSource({
    "false, contentId, false, 7",
    "false, globalId, true, global-9",
    "true, contentId, false, 7",
    "true, globalId, false, global-9",
  })
  void itsAvroIsRead(boolean inHeaders, String id, boolean isWide, String name) {
    configure(inHeaders, id, isWide);
    Schema schema =
        new Schema.Parser()
            .parse(
                """
                {"type": "record", "name": "Click", "fields": [
                  {"name": "impression_id", "type": "string"}, {"name": "timestamp", "type": "long"}]}
                """);
    GenericRecord click =
        new GenericRecordBuilder(schema).set("impression_id", "i1").set("timestamp", T).build();

    byte[] value = serialize(new AvroKafkaSerializer<>(new OneSchema<>(schema)), click);

    assertThat(click(value, new AvroRecords(1000, schemaId -> of(schemaId, schema))))
        .isEqualTo(CLICK);
    assertThat(asked).hasToString(name);
  }

  @ParameterizedTest
  @CsvSource({
    "false, contentId, false, 7",
    "false, globalId, true, global-9",
    "true, contentId, false, 7",
    "true, globalId, false, global-9",
  })
  void itsProtobufIsRead(boolean inHeaders, String id, boolean isWide, String name) {
    configure(inHeaders, id, isWide);
    FileDescriptor file =
        ProtoFiles.file(
            """
            syntax = "proto3";
            message Other { int32 x = 1; }
            message Click { string impression_id = 1; int64 timestamp = 2; }
            """);
    Descriptor type = file.findMessageTypeByName("Click");
    DynamicMessage click =
        DynamicMessage.newBuilder(type)
            .setField(type.findFieldByName("impression_id"), "i1")
            .setField(type.findFieldByName("timestamp"), T)
            .build();
    OneSchema<ProtobufSchema, DynamicMessage> schema = new OneSchema<>(null);

    byte[] value = serialize(new ProtobufKafkaSerializer<>(schema), click);

    assertThat(click(value, new ProtobufRecords(1000, schemaId -> of(schemaId, file))))
        .isEqualTo(CLICK);
    assertThat(asked).hasToString(name);
    assertThat(click(value, new ProtobufRecords(1000, type))).isEqualTo(CLICK);
  }

  @Test
  void theirHeadersAreThoseThatAreLookedFor() {
    itsProtobufIsRead(true, "globalId", false, "global-9");

    assertThat(headers)
        .extracting(Header::key)
        .contains("apicurio.value.globalId", "apicurio.protobuf.type");
  }

  private void configure(boolean inHeaders, String id, boolean isWide) {
    options.put(HEADERS, inHeaders);
    options.put(USE_ID, id);
    options.put("apicurio.registry.serde.validation-enabled", false);
    if (isWide) {
      options.put("apicurio.registry.id-handler", Legacy8ByteIdHandler.class.getName());
    }
  }

  private <S> S of(SchemaId id, S schema) {
    asked = id;
    return schema;
  }

  private <D> byte[] serialize(Serializer<D> serializer, D data) {
    try (serializer) {
      serializer.configure(options, false);
      boolean inHeaders = (boolean) options.get(HEADERS);
      Headers to =
          inHeaders ? headers : new org.apache.kafka.common.header.internals.RecordHeaders();
      return serializer.serialize("clicks", to, data);
    }
  }

  private Click click(byte[] value, RecordParser parser) {
    ClickDecoder decoder =
        new ClickDecoder(EventSettings.DEFAULT, Optional.of(Click.CLICK), parser);
    RecordHeaders read =
        name -> {
          Header header = headers.lastHeader(name);
          return header == null ? null : header.value();
        };
    return good(decoder.decode(value, read, T));
  }

  /** A registry that has one schema for all records. */
  private record OneSchema<S, D>(S schema) implements SchemaResolver<S, D> {
    @Override
    public SchemaLookupResult<S> resolveSchema(Record<D> data) {
      return SchemaLookupResult.<S>builder()
          .parsedSchema(new ParsedSchemaImpl<S>().setParsedSchema(schema))
          .globalId(GLOBAL)
          .contentId(CONTENT)
          .build();
    }

    @Override
    public SchemaLookupResult<S> resolveSchemaByArtifactReference(ArtifactReference reference) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void setClientFacade(RegistryClientFacade client) {}

    @Override
    public void setArtifactResolverStrategy(ArtifactReferenceResolverStrategy<S, D> strategy) {}

    @Override
    public SchemaParser<S, D> getSchemaParser() {
      return null;
    }

    @Override
    public void reset() {}

    @Override
    public void close() {}
  }
}
