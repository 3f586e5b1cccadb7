package io.freshet.event.avro;

import static io.freshet.event.Rejection.Kind.NOT_AVRO;
import static io.freshet.event.Rejection.Kind.WRONG_TYPE;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonToken;
import io.freshet.event.DecodeResult;
import io.freshet.event.RejectedException;
import io.freshet.event.Rejection;
import io.freshet.event.parse.RecordParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.avro.Schema;

/**
 * Opens a record's bytes as Avro behind the id of its schema: byte 0, the id in four bytes, the
 * most significant first, and the binary form of one record, with nothing after it.
 *
 * <p>The schema that wrote the record decodes it; what its fields mean goes by their names.
 */
public final class AvroRecords implements RecordParser {
  private static final int HEAD = 1 + Integer.BYTES;

  private final int maxBytes;
  private final WriterSchemas schemas;
  private final AvroTokens tokens;

  public AvroRecords(int maxBytes, WriterSchemas schemas) {
    this.maxBytes = maxBytes;
    this.schemas = requireNonNull(schemas, "schemas");
    tokens = new AvroTokens(maxBytes);
  }

  @Override
  public <T> DecodeResult<T> parse(byte[] value, Body<T> body) {
    int id;
    Schema schema;
    try {
      id = id(value);
      schema = schemas.of(id);
    } catch (RejectedException e) {
      return new DecodeResult.Rejected<>(e.rejection());
    }
    try {
      return parse(value, schema, body);
    } catch (RejectedException e) {
      return rejected(e.rejection().kind(), e.getMessage(), id, schema);
    } catch (IOException | RuntimeException e) {
      // Unforeseen schemas and bytes must not stop the job.
      return rejected(NOT_AVRO, "the Avro reader failed: " + e, id, schema);
    }
  }

  private int id(byte[] value) throws RejectedException {
    RecordParser.checkSize(value, maxBytes, "an Avro record");
    if (value[0] != 0 || value.length < HEAD) {
      throw new RejectedException(
          NOT_AVRO,
          "the record has %s bytes and begins with byte %s; expected byte 0, the schema's id in four bytes and Avro's binary form"
              .formatted(value.length, value[0] & 0xFF));
    }
    return ByteBuffer.wrap(value).getInt(1);
  }

  private <T> DecodeResult<T> parse(byte[] value, Schema schema, Body<T> body)
      throws IOException, RejectedException {
    tokens.reset(value, HEAD, schema);
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
      Rejection.Kind kind, String reason, int id, Schema schema) {
    String of = schema.getName() == null ? "" : " " + schema.getName();
    return new DecodeResult.Rejected<>(
        new Rejection(kind, "%s [schema %s%s]".formatted(reason, id, of)));
  }
}
