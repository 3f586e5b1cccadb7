package io.freshet.snapshot.format;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.wire.Json;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Reads the header of a safetensors file, and believes it in nothing: its length is limited, its
 * tensors must lie back to back and fill the file, and every place must agree with type and shape.
 */
public final class SafetensorsHeader {
  static final int MAX_BYTES = 1 << 20;

  private static final String METADATA = "__metadata__";

  private SafetensorsHeader() {}

  /**
   * A tensor and its place.
   *
   * @param begin its first byte in the file
   */
  public record Entry(Tensor tensor, long begin, long end) {}

  /** The tensors in the order of their places; the stream is at the first one then. */
  public static List<Entry> read(InputStream in, long size) throws IOException {
    long length = ByteBuffer.wrap(bytes(in, 8)).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 2 || length > Math.min(MAX_BYTES, size - 8)) {
      throw new IOException(
          "the header claims %s bytes, in a file of %s; at most %s are read"
              .formatted(length, size, MAX_BYTES));
    }
    JsonNode header = header(bytes(in, (int) length));
    if (!header.isObject()) {
      throw new IOException("the header is not a JSON object");
    }
    return entries(header, 8 + length, size);
  }

  private static JsonNode header(byte[] json) throws IOException {
    try {
      return Json.parse(json);
    } catch (IOException e) {
      throw new IOException("the header, from byte 8 on, is no JSON: " + e.getMessage(), e);
    }
  }

  private static List<Entry> entries(JsonNode header, long start, long size) throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<String, JsonNode> property : header.properties()) {
      if (!property.getKey().equals(METADATA)) {
        entries.add(entry(property.getKey(), property.getValue(), start));
      }
    }
    // an empty tensor begins where the next one does
    entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long end = start;
    for (Entry entry : entries) {
      Tensor tensor = entry.tensor();
      if (entry.begin() != end || entry.end() != end + tensor.bytes()) {
        throw new IOException(
            "tensor \"%s\" of shape %s lies at [%s, %s], not at [%s, %s]"
                .formatted(
                    tensor.name(),
                    tensor.shape(),
                    entry.begin() - start,
                    entry.end() - start,
                    end - start,
                    end - start + tensor.bytes()));
      }
      end = entry.end();
    }
    if (end != size) {
      throw new IOException(
          "the tensors take %s bytes, and the file has %s for them"
              .formatted(end - start, size - start));
    }
    return entries;
  }

  private record EntryJson(String dtype, List<Long> shape, List<Long> dataOffsets) {}

  private static Entry entry(String name, JsonNode json, long start) throws IOException {
    EntryJson entry;
    try {
      entry = Json.read(json, EntryJson.class);
    } catch (IOException e) {
      throw new IOException("tensor \"%s\": %s".formatted(name, e.getMessage()), e);
    }
    List<Long> place = entry.dataOffsets();
    if (place.size() != 2) {
      throw new IllegalArgumentException(
          "tensor \"%s\" has %s data_offsets, not 2".formatted(name, place.size()));
    }
    Tensor tensor = new Tensor(name, type(name, entry.dtype()), entry.shape());
    return new Entry(
        tensor, Math.addExact(start, place.get(0)), Math.addExact(start, place.get(1)));
  }

  private static Tensor.Type type(String name, String type) {
    return switch (type) {
      case "I64" -> Tensor.Type.I64;
      case "F32" -> Tensor.Type.F32;
      case "F64" -> Tensor.Type.F64;
      default ->
          throw new IllegalArgumentException(
              "tensor \"%s\" has elements of type %s; I64, F32 and F64 are read"
                  .formatted(name, type));
    };
  }

  static byte[] bytes(InputStream in, int n) throws IOException {
    byte[] bytes = in.readNBytes(n);
    if (bytes.length < n) {
      throw new EOFException("the file ends too early");
    }
    return bytes;
  }
}
