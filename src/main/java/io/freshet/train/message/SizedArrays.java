package io.freshet.train.message;

import io.freshet.wire.Primitives;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Arrays with their length in front. */
final class SizedArrays {
  private SizedArrays() {}

  static void writeLongs(long[] values, DataOutputView out) throws IOException {
    out.writeInt(values.length);
    Primitives.writeLongs(values, 0, values.length, out);
  }

  static long[] readLongs(DataInputView in) throws IOException {
    long[] values = new long[in.readInt()];
    Primitives.readLongs(values, 0, values.length, in);
    return values;
  }

  static void writeInts(int[] values, DataOutputView out) throws IOException {
    out.writeInt(values.length);
    Primitives.writeInts(values, 0, values.length, out);
  }

  static int[] readInts(DataInputView in) throws IOException {
    int[] values = new int[in.readInt()];
    Primitives.readInts(values, 0, values.length, in);
    return values;
  }

  static void writeArrays(float[][] arrays, DataOutputView out) throws IOException {
    out.writeInt(arrays.length);
    for (float[] values : arrays) {
      writeFloats(values, out);
    }
  }

  static float[][] readArrays(DataInputView in) throws IOException {
    float[][] arrays = new float[in.readInt()][];
    for (int i = 0; i < arrays.length; i++) {
      arrays[i] = readFloats(in);
    }
    return arrays;
  }

  static void writeFloats(float[] values, DataOutputView out) throws IOException {
    out.writeInt(values.length);
    Primitives.writeFloats(values, 0, values.length, out);
  }

  static float[] readFloats(DataInputView in) throws IOException {
    float[] values = new float[in.readInt()];
    Primitives.readFloats(values, 0, values.length, in);
    return values;
  }
}
