package io.freshet.evaluate.operator;

import io.freshet.evaluate.operator.AtImpression.Labeled;
import io.freshet.evaluate.operator.AtImpression.Predicted;
import io.freshet.wire.WireCodec;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Halves of scores, on their way and while they wait: 13 bytes a prediction, 25 a label. */
public final class AtImpressionCodec implements WireCodec<AtImpression> {
  private static final int PREDICTED = 0;
  private static final int LABELLED = 1;

  @Override
  public void write(AtImpression half, DataOutputView out) throws IOException {
    out.writeByte(half instanceof Predicted ? PREDICTED : LABELLED);
    out.writeLong(half.key());
    if (half instanceof Predicted predicted) {
      out.writeFloat(predicted.probability());
    } else if (half instanceof Labeled labeled) {
      out.writeLong(labeled.time());
      out.writeFloat(labeled.label());
      out.writeFloat(labeled.weight());
    }
  }

  @Override
  public AtImpression read(DataInputView in, int version) throws IOException {
    int kind = in.readByte();
    long key = in.readLong();
    return switch (kind) {
      case PREDICTED -> new Predicted(key, in.readFloat());
      case LABELLED -> new Labeled(key, in.readLong(), in.readFloat(), in.readFloat());
      default -> throw new IOException("half a score cannot be of kind " + kind);
    };
  }
}
