package io.freshet.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.model.batch.Predictions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;

/** Predictions to add up, and sums written and read back, in tests. */
public final class Written {
  private Written() {}

  /** Equal predictions of weight 1 and ten occurrences each, at these times. */
  public static Predictions predictions(float label, float probability, long... times) {
    int n = times.length;
    float[] labels = new float[n];
    float[] weights = new float[n];
    float[] probabilities = new float[n];
    Arrays.fill(labels, label);
    Arrays.fill(weights, 1);
    Arrays.fill(probabilities, probability);
    return new Predictions(times, labels, weights, probabilities, 10L * n);
  }

  /** Something's {@code write}. */
  public interface Writer {
    void write(DataOutput out) throws IOException;
  }

  /** Its {@code read}. */
  public interface Reader<T> {
    T read(DataInput in) throws IOException;
  }

  public static byte[] bytes(Writer writer) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    writer.write(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  /** What a reader makes of all the bytes that a writer wrote. */
  public static <T> T readBack(Writer writer, Reader<T> reader) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes(writer)));
    T back = reader.read(in);
    assertThat(in.read()).isEqualTo(-1);
    return back;
  }
}
