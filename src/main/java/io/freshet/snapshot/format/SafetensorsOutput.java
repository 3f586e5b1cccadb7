package io.freshet.snapshot.format;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.snapshot.storage.WritableStorage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Writes a safetensors file: eight bytes with the length of the header, a JSON header that names
 * type, shape and place of each tensor, then the tensors back to back; all numbers little-endian.
 *
 * <p>The header is padded with spaces to a multiple of eight bytes; with 64-bit tensors first every
 * tensor is aligned, so that a reader may map the file. The data follow as a stream, in the order
 * of the tensors: {@link #finish} checks that neither more nor less came than the header says.
 *
 * @see <a href="https://github.com/huggingface/safetensors">the format</a>
 */
public final class SafetensorsOutput {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int CHUNK_BYTES = 1 << 16;

  private final OutputStream out;
  private final byte[] bytes = new byte[CHUNK_BYTES];
  private final ByteBuffer chunk = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  private long missing;

  /** Writes the data of a file's tensors, in their order. */
  public interface Data {
    void writeTo(SafetensorsOutput out) throws IOException;
  }

  /** The size and digest of a file that was written. */
  public record Written(long size, String sha256) {}

  /** Writes a file; it is complete and durable when this returns. */
  public static Written write(WritableStorage storage, String path, List<Tensor> tensors, Data data)
      throws IOException {
    DigestOutput digest;
    try (OutputStream out = storage.create(path)) {
      digest = new DigestOutput(out);
      SafetensorsOutput file = new SafetensorsOutput(digest, tensors);
      data.writeTo(file);
      file.finish();
    }
    return new Written(digest.size(), digest.hex());
  }

  /** Starts a file that will hold these tensors; the stream stays open after {@link #finish}. */
  public SafetensorsOutput(OutputStream out, List<Tensor> tensors) throws IOException {
    this.out = out;
    byte[] header = header(tensors);
    chunk.putLong(header.length);
    drain();
    out.write(header);
  }

  private byte[] header(List<Tensor> tensors) throws IOException {
    ObjectNode header = JSON.createObjectNode();
    for (Tensor tensor : tensors) {
      ObjectNode entry = header.putObject(tensor.name());
      entry.put("dtype", tensor.type().name());
      tensor.shape().forEach(entry.withArray("shape")::add);
      entry.putArray("data_offsets").add(missing).add(missing + tensor.bytes());
      missing += tensor.bytes();
    }
    byte[] json = JSON.writeValueAsString(header).getBytes(StandardCharsets.UTF_8);
    byte[] padded = Arrays.copyOf(json, (json.length + 7) / 8 * 8);
    Arrays.fill(padded, json.length, padded.length, (byte) ' ');
    return padded;
  }

  public void write(long[] values, int from, int n) throws IOException {
    for (int done = 0; done < n; ) {
      int part = Math.min(n - done, room(Long.BYTES));
      chunk.asLongBuffer().put(values, from + done, part);
      advance(part * Long.BYTES);
      done += part;
    }
  }

  public void write(float[] values, int from, int n) throws IOException {
    for (int done = 0; done < n; ) {
      int part = Math.min(n - done, room(Float.BYTES));
      chunk.asFloatBuffer().put(values, from + done, part);
      advance(part * Float.BYTES);
      done += part;
    }
  }

  public void write(double[] values) throws IOException {
    for (int done = 0; done < values.length; ) {
      int part = Math.min(values.length - done, room(Double.BYTES));
      chunk.asDoubleBuffer().put(values, done, part);
      advance(part * Double.BYTES);
      done += part;
    }
  }

  /** Hands everything to the stream. */
  public void finish() throws IOException {
    drain();
    if (missing != 0) {
      throw new IllegalStateException(
          missing > 0
              ? missing + " bytes less were written than the header says"
              : -missing + " bytes more were written than the header says");
    }
  }

  /** How many elements fit in the chunk; at least one. */
  private int room(int elementBytes) throws IOException {
    if (chunk.remaining() < elementBytes) {
      drain();
    }
    return chunk.remaining() / elementBytes;
  }

  private void advance(int written) {
    chunk.position(chunk.position() + written);
    missing -= written;
  }

  private void drain() throws IOException {
    out.write(bytes, 0, chunk.position());
    chunk.clear();
  }
}
