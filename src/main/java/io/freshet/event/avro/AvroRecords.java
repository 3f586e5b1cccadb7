package io.freshet.event.avro;

import static io.freshet.event.Rejection.Kind.NOT_AVRO;
import static io.freshet.event.Rejection.Kind.WRONG_TYPE;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonToken;
import io.freshet.event.DecodeResult;
import io.freshet.event.RejectedException;
import io.freshet.event.Rejection;
import io.freshet.event.frame.Frame;
import io.freshet.event.frame.RecordHeaders;
import io.freshet.event.frame.SchemaId;
import io.freshet.event.frame.WriterSchemas;
import io.freshet.event.parse.RecordParser;
import java.io.IOException;
import org.apache.avro.Schema;

/**
 * Opens a record's bytes as Avro: the binary form of one record, with nothing after it, and the id
 * of its schema in a {@link Frame}.
 *
 * <p>The schema that wrote the record decodes it; what its fields mean goes by their names.
 */
public final class AvroRecords implements RecordParser {
  private final int maxBytes;
  private final WriterSchemas<Schema> schemas;
  private final AvroTokens tokens;

  public AvroRecords(int maxBytes, WriterSchemas<Schema> schemas) {
    this.maxBytes = maxBytes;
    this.schemas = requireNonNull(schemas, "schemas");
    tokens = new AvroTokens(maxBytes);
  }

  @Override
  public <T> DecodeResult<T> parse(byte[] value, RecordHeaders headers, Body<T> body) {
    Frame frame;
    Schema schema;
    try {
      RecordParser.checkSize(value, maxBytes, "an Avro record");
      frame = Frame.of(value, headers);
      if (frame.id() == null) {
        throw withoutId(value);
      }
      schema = schemas.of(frame.id());
    } catch (RejectedException e) {
      return new DecodeResult.Rejected<>(e.rejection());
    }
    try {
      return parse(value, frame.length(), schema, body);
    } catch (RejectedException e) {
      return rejected(e.rejection().kind(), e.getMessage(), frame.id(), schema);
    } catch (IOException | RuntimeException e) {
      // Unforeseen schemas and bytes must not stop the job.
      return rejected(NOT_AVRO, "the Avro reader failed: " + e, frame.id(), schema);
    }
  }

  private static RejectedException withoutId(byte[] value) {
    return new RejectedException(
        NOT_AVRO,
        "the record has %s bytes and begins with byte %s; expected the schema's id, as serializers with a registry write it, and Avro's binary form"
            .formatted(value.length, value[0] & 0xFF));
  }

  private <T> DecodeResult<T> parse(byte[] value, int begin, Schema schema, Body<T> body)
      throws IOException, RejectedException {
    tokens.reset(value, begin, schema);
    if (tokens.nextToken() != JsonToken.START_OBJECT) {
      throw new RejectedException(WRONG_TYPE, "the value is no record; expected an Avro record");
    }
    DecodeResult<T> outcome = body.read(tokens);
    tokens.nextToken();
    if (tokens.remaining() > 0) {
      throw new RejectedException(
          NOT_AVRO, "%s bytes follow the record; expected none".formatted(tokens.remaining()));
    }
    return outcome;
  }

  private static <T> DecodeResult<T> rejected(
      Rejection.Kind kind, String reason, SchemaId id, Schema schema) {
    String of = schema.getName() == null ? "" : " " + schema.getName();
    return new DecodeResult.Rejected<>(
        new Rejection(kind, "%s [schema %s%s]".formatted(reason, id, of)));
  }
}
