package io.freshet.interop.torch;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.wire.Json;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A safetensors file that another program wrote, of any element types: eight bytes with the length
 * of the header, a JSON header that names type, shape and place of each tensor, then the tensors.
 *
 * <p>The header is believed in nothing: tensors must lie back to back and fill the file, and every
 * place must agree with type and shape. Tensors stay in the file and are read piece by piece.
 */
final class TensorFile implements Closeable {
  /** In an expected shape: any size. */
  static final long ANY = -1;

  /** As in the reference implementation of the format. */
  private static final int MAX_HEADER_BYTES = 100_000_000;

  private static final String METADATA = "__metadata__";
  private static final int CHUNK_BYTES = 1 << 16;

  private final Path path;
  private final FileChannel channel;
  private final Map<String, Entry> entries = new LinkedHashMap<>(); // in the order of the file

  private record Entry(String name, ElementType type, List<Long> shape, long begin, long end) {}

  private record EntryJson(String dtype, List<Long> shape, List<Long> dataOffsets) {}

  private TensorFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Opens a file and reads its header.
   *
   * @throws IOException where it is no such file; the message names file and tensor
   */
  static TensorFile open(Path path) throws IOException {
    FileChannel channel = FileChannel.open(path);
    TensorFile file = new TensorFile(path, channel);
    try {
      file.readHeader();
    } catch (IOException | ArithmeticException e) {
      channel.close();
      throw new IOException(path + ": " + e.getMessage(), e);
    }
    return file;
  }

  private void readHeader() throws IOException {
    long size = channel.size();
    long length = size < 8 ? -1 : bytes(0, 8).getLong();
    if (length < 2 || length > Math.min(MAX_HEADER_BYTES, size - 8)) {
      throw new IOException(
          "not a safetensors file: its header would have %s bytes, in a file of %s"
              .formatted(length, size));
    }
    JsonNode header;
    try {
      header = Json.parse(bytes(8, (int) length).array());
    } catch (IOException e) {
      throw new IOException("the header, from byte 8 on, is no JSON: " + e.getMessage(), e);
    }
    if (header == null || !header.isObject()) {
      throw new IOException("the header, from byte 8 on, is no JSON object");
    }
    List<Entry> found = new ArrayList<>();
    for (Map.Entry<String, JsonNode> property : header.properties()) {
      if (!property.getKey().equals(METADATA)) {
        found.add(entry(property.getKey(), property.getValue(), 8 + length));
      }
    }
    // an empty tensor begins where the next one does
    found.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    check(found, 8 + length, size);
    found.forEach(entry -> entries.put(entry.name(), entry));
  }

  private static Entry entry(String name, JsonNode json, long start) throws IOException {
    EntryJson entry;
    try {
      entry = Json.read(json, EntryJson.class);
    } catch (IOException e) {
      throw new IOException("tensor \"%s\": %s".formatted(name, e.getMessage()), e);
    }
    List<Long> place = entry.dataOffsets();
    if (place.size() != 2 || place.contains(null) || entry.shape().contains(null)) {
      throw new IOException(
          "tensor \"%s\": data_offsets %s and shape %s; expected two whole numbers, and whole numbers"
              .formatted(name, place, entry.shape()));
    }
    ElementType type =
        ElementType.of(entry.dtype())
            .orElseThrow(
                () ->
                    new IOException(
                        "tensor \"%s\": elements of type %s are unknown here"
                            .formatted(name, entry.dtype())));
    return new Entry(
        name,
        type,
        entry.shape(),
        Math.addExact(start, place.get(0)),
        Math.addExact(start, place.get(1)));
  }

  private static void check(List<Entry> entries, long start, long size) throws IOException {
    long at = start;
    for (Entry entry : entries) {
      if (entry.shape().stream().anyMatch(n -> n < 0)) {
        throw new IOException(
            "tensor \"%s\" has the impossible shape %s".formatted(entry.name(), entry.shape()));
      }
      long end = Math.addExact(at, Math.multiplyExact(elements(entry), entry.type().bytes));
      if (entry.begin() != at || entry.end() != end) {
        throw new IOException(
            "tensor \"%s\", %s %s, lies at [%s, %s]; expected [%s, %s]"
                .formatted(
                    entry.name(),
                    entry.type(),
                    entry.shape(),
                    entry.begin() - start,
                    entry.end() - start,
                    at - start,
                    end - start));
      }
      at = end;
    }
    if (at != size) {
      throw new IOException(
          "the tensors take %s bytes, and the file has %s for them"
              .formatted(at - start, size - start));
    }
  }

  private static long elements(Entry entry) {
    return entry.shape().stream().reduce(1L, Math::multiplyExact);
  }

  Set<String> names() {
    return entries.keySet();
  }

  /**
   * The shape of a tensor of floating-point numbers.
   *
   * @param expected one of the shapes that it may have; {@link #ANY} stands for any size
   * @throws IOException where there is no such tensor, or it has another type or shape
   */
  List<Long> shape(String name, List<List<Long>> expected) throws IOException {
    Entry entry = entry(name);
    if (!entry.type().isReadable()) {
      throw wrong("tensor \"%s\" is %s; expected F64, F32, F16 or BF16", name, entry.type());
    }
    if (expected.stream().noneMatch(shape -> matches(entry.shape(), shape))) {
      List<String> shapes = expected.stream().map(TensorFile::text).toList();
      throw wrong(
          "tensor \"%s\" has the shape %s; expected %s",
          name, entry.shape(), String.join(" or ", shapes));
    }
    return entry.shape();
  }

  private Entry entry(String name) throws IOException {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw wrong("there is no tensor \"%s\"; it has %s", name, entries.keySet());
    }
    return entry;
  }

  private static boolean matches(List<Long> shape, List<Long> expected) {
    if (shape.size() != expected.size()) {
      return false;
    }
    for (int i = 0; i < shape.size(); i++) {
      if (expected.get(i) != ANY && !expected.get(i).equals(shape.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static String text(List<Long> shape) {
    return shape.stream().map(n -> n == ANY ? "n" : n).toList().toString();
  }

  /** All elements of a tensor of a known shape, row by row. */
  float[] read(String name, List<List<Long>> expected) throws IOException {
    shape(name, expected);
    long elements = elements(entry(name));
    if (elements > Integer.MAX_VALUE - 8) {
      throw wrong("tensor \"%s\" has %s elements, more than a network's", name, elements);
    }
    float[] values = new float[(int) elements];
    read(name, 0, values, values.length);
    return values;
  }

  /**
   * Reads n elements, row by row, from a given one on.
   *
   * @throws IOException where one is no finite number
   */
  void read(String name, long from, float[] to, int n) throws IOException {
    Entry entry = entry(name);
    int done = 0;
    while (done < n) {
      int part = Math.min(n - done, CHUNK_BYTES / entry.type().bytes);
      ByteBuffer chunk =
          bytes(entry.begin() + (from + done) * entry.type().bytes, part * entry.type().bytes);
      for (int i = 0; i < part; i++) {
        float value = entry.type().next(chunk);
        if (!Float.isFinite(value)) {
          throw wrong(
              "element %s of tensor \"%s\" is %s; expected a finite number",
              from + done + i, name, value);
        }
        to[done + i] = value;
      }
      done += part;
    }
  }

  private ByteBuffer bytes(long from, int n) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(n).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, from + bytes.position()) < 0) {
        throw new IOException("the file ends too early, at byte " + (from + bytes.position()));
      }
    }
    return bytes.flip();
  }

  private IOException wrong(String how, Object... what) {
    return new IOException(path + ": " + how.formatted(what));
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
