package io.freshet.snapshot.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.wire.Json;
import java.io.IOException;
import java.util.HexFormat;

/**
 * The JSON files below a snapshot root: records next to the number of their format, {@code
 * major.minor}. A newer minor format is readable, a newer major one is refused.
 *
 * <p>Each holds its own digest: that of the JSON on one line, keys in the order of the file,
 * without the key of the digest. So what was damaged is refused, even if it could be read; what has
 * another layout is not. Files of before format 1.3 have none.
 */
public final class FormatJson {
  private static final String FORMAT = "format";
  private static final String DIGEST = "digest";

  private record Format(String format) {}

  private FormatJson() {}

  public static byte[] write(Object value) {
    ObjectNode json = withFormat(value);
    return Json.pretty(json.put(DIGEST, digest(json)));
  }

  /** As {@link #write}, on one line, without a digest. */
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
    if (!(Json.parse(bytes) instanceof ObjectNode json)) {
      throw new IOException("%s bytes that are no JSON object".formatted(bytes.length));
    }
    String format = Json.read(json, Format.class).format();
    String ours = Manifest.FORMAT.substring(0, Manifest.FORMAT.indexOf('.') + 1);
    if (!format.startsWith(ours)) {
      throw new IOException(
          "format \"%s\" is not readable by this version, which reads %sx".formatted(format, ours));
    }
    checkDigest(json);
    return Json.read(json, type);
  }

  private static void checkDigest(ObjectNode json) throws IOException {
    JsonNode said = json.remove(DIGEST);
    String found = digest(json);
    if (said != null && !said.asText().equals(found)) {
      throw new IOException(
          "the contents have the digest %s, and the file says %s: it is damaged, or was changed by hand"
              .formatted(found, said.asText()));
    }
  }

  private static String digest(JsonNode json) {
    return HexFormat.of().formatHex(DigestOutput.sha256().digest(Json.line(json)));
  }
}
