package io.freshet.job.example;

import io.freshet.join.operator.LabeledExampleCodec;
import io.freshet.wire.WireCodec;
import io.freshet.wire.WireType;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Numbered examples on their way to a sink. */
public final class NumberedExampleCodec implements WireCodec<NumberedExample> {
  public static final WireType<NumberedExample> TYPE =
      WireType.of(NumberedExample.class, NumberedExampleCodec.class);

  private final LabeledExampleCodec examples = new LabeledExampleCodec();

  @Override
  public int version() {
    return examples.version();
  }

  @Override
  public void write(NumberedExample numbered, DataOutputView out) throws IOException {
    out.writeLong(numbered.number());
    examples.write(numbered.example(), out);
  }

  @Override
  public NumberedExample read(DataInputView in, int version) throws IOException {
    return new NumberedExample(in.readLong(), examples.read(in, version));
  }
}
