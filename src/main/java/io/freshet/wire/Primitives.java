package io.freshet.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Bulk copies of primitive arrays to and from Flink's streams, little-endian, without lengths.
 *
 * <p>They go through a scratch buffer of the calling thread, 8 KB at a time: a copy in memory
 * instead of a call for each number.
 */
public final class Primitives {
  private static final int SCRATCH_BYTES = 8192;

  private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

  private Primitives() {}

  public static void writeFloats(float[] values, int from, int n, DataOutputView out)
      throws IOException {
    Scratch scratch = SCRATCH.get();
    for (int done = 0; done < n; ) {
      int chunk = Math.min(n - done, SCRATCH_BYTES / Float.BYTES);
      scratch.floats.put(0, values, from + done, chunk);
      out.write(scratch.bytes, 0, chunk * Float.BYTES);
      done += chunk;
    }
  }

  public static void readFloats(float[] values, int from, int n, DataInputView in)
      throws IOException {
    Scratch scratch = SCRATCH.get();
    for (int done = 0; done < n; ) {
      int chunk = Math.min(n - done, SCRATCH_BYTES / Float.BYTES);
      in.readFully(scratch.bytes, 0, chunk * Float.BYTES);
      scratch.floats.get(0, values, from + done, chunk);
      done += chunk;
    }
  }

  public static void writeLongs(long[] values, int from, int n, DataOutputView out)
      throws IOException {
    Scratch scratch = SCRATCH.get();
    for (int done = 0; done < n; ) {
      int chunk = Math.min(n - done, SCRATCH_BYTES / Long.BYTES);
      scratch.longs.put(0, values, from + done, chunk);
      out.write(scratch.bytes, 0, chunk * Long.BYTES);
      done += chunk;
    }
  }

  public static void readLongs(long[] values, int from, int n, DataInputView in)
      throws IOException {
    Scratch scratch = SCRATCH.get();
    for (int done = 0; done < n; ) {
      int chunk = Math.min(n - done, SCRATCH_BYTES / Long.BYTES);
      in.readFully(scratch.bytes, 0, chunk * Long.BYTES);
      scratch.longs.get(0, values, from + done, chunk);
      done += chunk;
    }
  }

  public static void writeInts(int[] values, int from, int n, DataOutputView out)
      throws IOException {
    Scratch scratch = SCRATCH.get();
    for (int done = 0; done < n; ) {
      int chunk = Math.min(n - done, SCRATCH_BYTES / Integer.BYTES);
      scratch.ints.put(0, values, from + done, chunk);
      out.write(scratch.bytes, 0, chunk * Integer.BYTES);
      done += chunk;
    }
  }

  public static void readInts(int[] values, int from, int n, DataInputView in) throws IOException {
    Scratch scratch = SCRATCH.get();
    for (int done = 0; done < n; ) {
      int chunk = Math.min(n - done, SCRATCH_BYTES / Integer.BYTES);
      in.readFully(scratch.bytes, 0, chunk * Integer.BYTES);
      scratch.ints.get(0, values, from + done, chunk);
      done += chunk;
    }
  }

  private static final class Scratch {
    final byte[] bytes = new byte[SCRATCH_BYTES];
    final FloatBuffer floats = buffer().asFloatBuffer();
    final LongBuffer longs = buffer().asLongBuffer();
    final IntBuffer ints = buffer().asIntBuffer();

    private ByteBuffer buffer() {
      return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}
