package io.freshet.event.registry;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import io.freshet.event.EventFormat;
import io.freshet.event.EventSettings;
import io.freshet.event.ProtobufMessages;
import io.freshet.event.avro.AvroRecords;
import io.freshet.event.json.JsonRecords;
import io.freshet.event.parse.RecordParser;
import io.freshet.event.protobuf.ProtobufRecords;
import io.freshet.snapshot.storage.FlinkStorage;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.avro.Schema;

/** The parsers of topics, with the schemas that they need. */
public final class RecordParsers {
  private static final int MAX_BYTES = 64 << 20;

  private RecordParsers() {}

  /**
   * The parser of the impressions.
   *
   * @param lookups takes where schemas are looked up by their ids
   * @throws IOException where a descriptor cannot be read, or lacks the message
   */
  public static RecordParser ofImpressions(
      EventSettings settings, Consumer<SchemaLookup<?>> lookups) throws IOException {
    return of(settings, settings.impressions(), settings.protobuf().impression(), lookups);
  }

  /** The parser of the clicks and other actions. */
  public static RecordParser ofActions(EventSettings settings, Consumer<SchemaLookup<?>> lookups)
      throws IOException {
    return of(settings, settings.actions(), settings.protobuf().click(), lookups);
  }

  private static RecordParser of(
      EventSettings settings, EventFormat format, String message, Consumer<SchemaLookup<?>> lookups)
      throws IOException {
    return switch (format) {
      case JSON -> new JsonRecords(settings.maxBytes());
      case AVRO -> {
        SchemaLookup<Schema> schemas = new SchemaLookup<>(settings.schemas(), new AvroSchemas());
        lookups.accept(schemas);
        yield new AvroRecords(settings.maxBytes(), schemas);
      }
      case PROTOBUF -> {
        if (!settings.protobuf().descriptor().isEmpty()) {
          yield new ProtobufRecords(settings.maxBytes(), type(settings.protobuf(), message));
        }
        SchemaLookup<FileDescriptor> schemas =
            new SchemaLookup<>(settings.schemas(), new ProtobufSchemas());
        lookups.accept(schemas);
        yield new ProtobufRecords(settings.maxBytes(), schemas);
      }
    };
  }

  private static Descriptor type(ProtobufMessages protobuf, String message) throws IOException {
    String uri = protobuf.descriptor();
    int name = uri.lastIndexOf('/') + 1;
    byte[] bytes;
    try (InputStream in = FlinkStorage.at(uri.substring(0, name)).open(uri.substring(name))) {
      bytes = in.readNBytes(MAX_BYTES);
    }
    List<FileDescriptor> files;
    try {
      files = ProtobufSchemas.files(bytes);
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "events.protobuf.descriptor: %s is %s".formatted(uri, e.getMessage()), e);
    }
    return files.stream()
        .map(file -> ProtobufRecords.find(file, message))
        .flatMap(Optional::stream)
        .findFirst()
        .orElseThrow(
            () ->
                new IOException(
                    "events.protobuf: %s has no message %s; its files are %s"
                        .formatted(
                            uri, message, files.stream().map(FileDescriptor::getName).toList())));
  }
}
