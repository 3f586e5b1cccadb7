package io.freshet.event.decode;

import io.freshet.event.EventSettings;
import io.freshet.event.RejectedException;
import io.freshet.event.Rejection;
import io.freshet.event.avro.AvroRecords;
import io.freshet.event.frame.SchemaId;
import io.freshet.event.frame.WriterSchemas;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** Records as Avro's own writer makes them, behind the ids of their schemas. */
final class AvroValues implements WriterSchemas<Schema> {
  private final Map<Integer, Schema> schemas = new HashMap<>();

  @Override
  public Schema of(SchemaId id) throws RejectedException {
    Schema schema = id.form() == SchemaId.Form.ID ? schemas.get((int) id.low()) : null;
    if (schema == null) {
      throw new RejectedException(Rejection.Kind.UNKNOWN_SCHEMA, "there is no schema " + id);
    }
    return schema;
  }

  AvroRecords records(EventSettings settings) {
    return new AvroRecords(settings.maxBytes(), this);
  }

  Schema put(int id, String schema) {
    return put(id, new Schema.Parser().parse(schema));
  }

  Schema put(int id, Schema schema) {
    schemas.put(id, schema);
    return schema;
  }

  byte[] write(int id, Object datum) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(0);
    bytes.writeBytes(ByteBuffer.allocate(4).putInt(id).array());
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    try {
      new GenericDatumWriter<>(schemas.get(id)).write(datum, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
