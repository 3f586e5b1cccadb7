package io.freshet.snapshot.format;

import io.freshet.snapshot.storage.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tensors of a safetensors file, read into memory; {@link SafetensorsOutput} describes the
 * format. Errors name the file.
 */
public final class SafetensorsFile {
  private static final int CHUNK_BYTES = 1 << 16;

  private final String where;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final Map<String, long[]> longs = new HashMap<>();
  private final Map<String, float[]> floats = new HashMap<>();
  private final Map<String, double[]> doubles = new HashMap<>();

  private SafetensorsFile(String where) {
    this.where = where;
  }

  /**
   * Reads a file.
   *
   * @param size bytes of the file
   * @param where names the file in errors
   */
  public static SafetensorsFile read(InputStream in, long size, String where) throws IOException {
    SafetensorsFile file = new SafetensorsFile(where);
    try {
      for (SafetensorsHeader.Entry entry : SafetensorsHeader.read(in, size)) {
        file.read(entry.tensor(), in);
      }
    } catch (IOException | IllegalArgumentException | ArithmeticException e) {
      throw new IOException(where + ": " + e.getMessage(), e);
    }
    return file;
  }

  public static SafetensorsFile read(Storage storage, String path) throws IOException {
    try (InputStream in = storage.open(path)) {
      return read(in, storage.size(path), path + " in " + storage);
    }
  }

  /**
   * Reads a file of which size and digest are known.
   *
   * @throws IOException also where it has other bytes than that
   */
  public static SafetensorsFile read(Storage storage, String path, long size, String sha256)
      throws IOException {
    String where = path + " in " + storage;
    long found = storage.size(path);
    if (found != size) {
      throw new IOException("%s has %s bytes, the manifest says %s".formatted(where, found, size));
    }
    MessageDigest digest = DigestOutput.sha256();
    SafetensorsFile file;
    try (InputStream in = new DigestInputStream(storage.open(path), digest)) {
      file = read(in, size, where);
    }
    String hex = HexFormat.of().formatHex(digest.digest());
    if (!hex.equals(sha256)) {
      throw new IOException(
          "%s has the sha256 %s, the manifest says %s".formatted(where, hex, sha256));
    }
    return file;
  }

  /** The tensors, in the order of the file. */
  public List<Tensor> tensors() {
    return List.copyOf(tensors.values());
  }

  /** Whether there is a tensor of a name. */
  public boolean has(String name) {
    return tensors.containsKey(name);
  }

  /** The shape of a tensor, after a check of its type and number of dimensions. */
  public List<Long> shape(String name, Tensor.Type type, int dimensions) throws IOException {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IOException("%s: there is no tensor \"%s\"".formatted(where, name));
    }
    if (tensor.type() != type || tensor.shape().size() != dimensions) {
      throw new IOException(
          "%s: tensor \"%s\" is %s %s, not %s of %s dimensions"
              .formatted(where, name, tensor.type(), tensor.shape(), type, dimensions));
    }
    return tensor.shape();
  }

  /** The elements of a vector of 64-bit integers. */
  public long[] longs(String name) throws IOException {
    shape(name, Tensor.Type.I64, 1);
    return longs.get(name);
  }

  /** The elements of a tensor of floats, row by row. */
  public float[] floats(String name, int dimensions) throws IOException {
    shape(name, Tensor.Type.F32, dimensions);
    return floats.get(name);
  }

  /** The elements of a tensor of doubles, row by row. */
  double[] doubles(String name, int dimensions) throws IOException {
    shape(name, Tensor.Type.F64, dimensions);
    return doubles.get(name);
  }

  /** The error that the file is not as it should be. */
  IOException wrong(String how) {
    return new IOException(where + ": " + how);
  }

  private void read(Tensor tensor, InputStream in) throws IOException {
    int elements = Math.toIntExact(tensor.elements());
    tensors.put(tensor.name(), tensor);
    switch (tensor.type()) {
      case I64 -> longs.put(tensor.name(), readLongs(elements, in));
      case F32 -> floats.put(tensor.name(), readFloats(elements, in));
      case F64 -> doubles.put(tensor.name(), readDoubles(elements, in));
    }
  }

  private static long[] readLongs(int n, InputStream in) throws IOException {
    long[] values = new long[n];
    for (int done = 0; done < n; ) {
      int part = Math.min(n - done, CHUNK_BYTES / Long.BYTES);
      chunk(in, part * Long.BYTES).asLongBuffer().get(values, done, part);
      done += part;
    }
    return values;
  }

  private static float[] readFloats(int n, InputStream in) throws IOException {
    float[] values = new float[n];
    for (int done = 0; done < n; ) {
      int part = Math.min(n - done, CHUNK_BYTES / Float.BYTES);
      chunk(in, part * Float.BYTES).asFloatBuffer().get(values, done, part);
      done += part;
    }
    return values;
  }

  private static double[] readDoubles(int n, InputStream in) throws IOException {
    double[] values = new double[n];
    for (int done = 0; done < n; ) {
      int part = Math.min(n - done, CHUNK_BYTES / Double.BYTES);
      chunk(in, part * Double.BYTES).asDoubleBuffer().get(values, done, part);
      done += part;
    }
    return values;
  }

  private static ByteBuffer chunk(InputStream in, int n) throws IOException {
    return ByteBuffer.wrap(SafetensorsHeader.bytes(in, n)).order(ByteOrder.LITTLE_ENDIAN);
  }
}
