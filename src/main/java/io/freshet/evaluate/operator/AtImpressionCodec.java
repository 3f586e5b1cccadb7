package io.freshet.evaluate.operator;

import io.freshet.evaluate.operator.AtImpression.Labeled;
import io.freshet.evaluate.operator.AtImpression.Predicted;
import io.freshet.wire.codec.StateCodec;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** The state format of halves of scores: 13 bytes a prediction, 25 a label. */
public final class AtImpressionCodec extends StateCodec<AtImpression> {
  private static final int PREDICTED = 0;
  private static final int LABELED = 1;

  public AtImpressionCodec() {
    super("impression-score-half", 1, AtImpression.class);
  }

  @Override
  public void write(AtImpression half, DataOutput out) throws IOException {
    out.writeByte(half instanceof Predicted ? PREDICTED : LABELED);
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
  public AtImpression read(DataInput in, int version) throws IOException {
    int kind = in.readByte();
    long key = in.readLong();
    return switch (kind) {
      case PREDICTED -> new Predicted(key, in.readFloat());
      case LABELED -> new Labeled(key, in.readLong(), in.readFloat(), in.readFloat());
      default -> throw new IOException("half a score cannot be of kind " + kind);
    };
  }
}
