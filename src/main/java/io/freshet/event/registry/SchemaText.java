package io.freshet.event.registry;

import java.util.List;
import org.apache.avro.Schema;

/** Reads schemas as their writers wrote them: no default of a field is judged, as none is used. */
final class SchemaText {
  private SchemaText() {}

  /**
   * The last of some schemas, which may name those before it.
   *
   * @throws org.apache.avro.AvroRuntimeException where one is no schema
   */
  static Schema parse(List<String> texts) {
    Schema.Parser parser = new Schema.Parser().setValidateDefaults(false);
    Schema last = null;
    for (String text : texts) {
      last = parser.parse(text);
    }
    return last;
  }
}
