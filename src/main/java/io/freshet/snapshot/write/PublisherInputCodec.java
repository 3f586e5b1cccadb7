package io.freshet.snapshot.write;

import io.freshet.model.dense.DenseBlock;
import io.freshet.wire.Primitives;
import io.freshet.wire.WireCodec;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** How an {@link PublisherInput} travels: a byte for its kind, then its components in order. */
public final class PublisherInputCodec implements WireCodec<PublisherInput> {
  private static final int PART = 1;
  private static final int DENSE = 2;
  private static final int METRICS = 3;
  private static final int OFFSET = 4;
  private static final int WINDOW = 5;
  private static final int WITHHELD = 6;
  private static final int ADDED = 7;

  @Override
  public int version() {
    return 2;
  }

  @Override
  public void write(PublisherInput value, DataOutputView out) throws IOException {
    if (value instanceof PublisherInput.Part part) {
      out.writeByte(PART);
      writePart(part, out);
    } else if (value instanceof PublisherInput.Dense dense) {
      out.writeByte(DENSE);
      writeBlock(dense.block(), out);
    } else if (value instanceof PublisherInput.Metrics metrics) {
      out.writeByte(METRICS);
      writeMetrics(metrics.values(), out);
    } else if (value instanceof PublisherInput.Added added) {
      out.writeByte(ADDED);
      writeMetrics(added.values(), out);
    } else if (value instanceof PublisherInput.Offset offset) {
      out.writeByte(OFFSET);
      out.writeUTF(offset.topic());
      out.writeInt(offset.partition());
      out.writeLong(offset.next());
    } else if (value instanceof PublisherInput.Window window) {
      out.writeByte(WINDOW);
      writeWindow(window, out);
    } else if (value instanceof PublisherInput.Withheld withheld) {
      out.writeByte(WITHHELD);
      out.writeUTF(withheld.reason());
    } else {
      throw new IllegalStateException("no form is known for " + value);
    }
  }

  @Override
  public PublisherInput read(DataInputView in, int version) throws IOException {
    int kind = in.readByte();
    return switch (kind) {
      case PART -> readPart(in, version > 1);
      case DENSE -> new PublisherInput.Dense(readBlock(in));
      case METRICS -> new PublisherInput.Metrics(readMetrics(in));
      case OFFSET -> new PublisherInput.Offset(in.readUTF(), in.readInt(), in.readLong());
      case ADDED -> new PublisherInput.Added(readMetrics(in));
      case WINDOW -> readWindow(in);
      case WITHHELD -> new PublisherInput.Withheld(in.readUTF());
      default -> throw new IOException("no announcement has kind " + kind);
    };
  }

  public static void writePart(PublisherInput.Part part, DataOutputView out) throws IOException {
    out.writeUTF(part.path());
    out.writeLong(part.size());
    out.writeUTF(part.sha256());
    out.writeLong(part.rows());
    out.writeLong(part.updates());
    out.writeLong(part.nonFinite());
  }

  /**
   * @param counted whether the form holds the number of rows that are not finite
   */
  public static PublisherInput.Part readPart(DataInputView in, boolean counted) throws IOException {
    return new PublisherInput.Part(
        in.readUTF(),
        in.readLong(),
        in.readUTF(),
        in.readLong(),
        in.readLong(),
        counted ? in.readLong() : 0);
  }

  public static void writeWindow(PublisherInput.Window window, DataOutputView out)
      throws IOException {
    out.writeLong(window.to());
    out.writeLong(window.examples());
    out.writeDouble(window.weight());
    out.writeDouble(window.positives());
    out.writeDouble(window.logloss());
    out.writeDouble(window.calibration());
  }

  public static PublisherInput.Window readWindow(DataInputView in) throws IOException {
    return new PublisherInput.Window(
        in.readLong(),
        in.readLong(),
        in.readDouble(),
        in.readDouble(),
        in.readDouble(),
        in.readDouble());
  }

  static void writeBlock(DenseBlock block, DataOutputView out) throws IOException {
    out.writeInt(block.from());
    out.writeLong(block.examples());
    out.writeInt(block.values().length);
    Primitives.writeFloats(block.values(), 0, block.values().length, out);
  }

  static DenseBlock readBlock(DataInputView in) throws IOException {
    int from = in.readInt();
    long examples = in.readLong();
    float[] values = new float[in.readInt()];
    Primitives.readFloats(values, 0, values.length, in);
    return new DenseBlock(from, values, examples);
  }

  public static void writeMetrics(Map<String, Double> metrics, DataOutputView out)
      throws IOException {
    out.writeInt(metrics.size());
    for (Map.Entry<String, Double> metric : metrics.entrySet()) {
      out.writeUTF(metric.getKey());
      out.writeDouble(metric.getValue());
    }
  }

  public static Map<String, Double> readMetrics(DataInputView in) throws IOException {
    Map<String, Double> metrics = new HashMap<>();
    for (int n = in.readInt(); n > 0; n--) {
      metrics.put(in.readUTF(), in.readDouble());
    }
    return metrics;
  }
}
