package io.freshet.event.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.event.ByteOrderMark;
import java.util.List;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/**
 * Avro's schemas, as their writers wrote them: no default of a field is judged, as none is used.
 */
public final class AvroSchemas implements SchemaFormat<Schema> {
  @Override
  public String type() {
    return "AVRO";
  }

  @Override
  public String query() {
    return "";
  }

  @Override
  public String suffix() {
    return ".avsc";
  }

  @Override
  public Schema parse(List<Source> sources) {
    Schema.Parser parser = new Schema.Parser().setValidateDefaults(false);
    Schema last = null;
    try {
      for (Source source : sources) {
        last = parser.parse(source.text());
      }
    } catch (AvroRuntimeException e) {
      throw new IllegalArgumentException("no schema of Avro's: " + e.getMessage(), e);
    }
    return last;
  }

  @Override
  public Schema read(byte[] file) {
    int begin = ByteOrderMark.lengthIn(file);
    return parse(List.of(new Source("", new String(file, begin, file.length - begin, UTF_8))));
  }

  @Override
  public byte[] write(Schema schema) {
    return (schema + "\n").getBytes(UTF_8);
  }
}
