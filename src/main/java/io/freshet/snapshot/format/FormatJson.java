package io.freshet.snapshot.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.wire.Json;
import java.io.IOException;

/**
 * The JSON files below a snapshot root: records next to the number of their format, {@code
 * major.minor}. A newer minor format is readable, a newer major one is refused.
 */
public final class FormatJson {
  private static final String FORMAT = "format";

  private record Format(String format) {}

  private FormatJson() {}

  public static byte[] write(Object value) {
    return Json.pretty(withFormat(value));
  }

  /** As {@link #write}, on one line. */
  public static byte[] line(Object value) {
    return Json.line(withFormat(value));
  }

  private static ObjectNode withFormat(Object value) {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put(FORMAT, Manifest.FORMAT);
    return json.setAll(Json.<ObjectNode>tree(value));
  }

  /**
   * Reads what {@link #write} wrote, here or in another version.
   *
   * @throws IOException where it is nothing that this version reads; the message says why
   */
  public static <T> T read(byte[] bytes, Class<T> type) throws IOException {
    JsonNode json = Json.parse(bytes);
    String format = Json.read(json, Format.class).format();
    String ours = Manifest.FORMAT.substring(0, Manifest.FORMAT.indexOf('.') + 1);
    if (!format.startsWith(ours)) {
      throw new IOException(
          "format \"%s\" is not readable by this version, which reads %sx".formatted(format, ours));
    }
    return Json.read(json, type);
  }
}
