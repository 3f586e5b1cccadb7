package io.freshet.train.message;

import io.freshet.model.batch.Predictions;
import io.freshet.train.message.ShardRequest.Lookup;
import io.freshet.train.message.ShardRequest.RowDelta;
import io.freshet.train.message.ShardResponse.DenseSlices;
import io.freshet.train.message.ShardResponse.Rows;
import io.freshet.wire.WireType;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to write a message of the loop, and to read it back; sizes of a large model. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class MessageBenchmark {
  private static final int N = 6000;
  private static final int WIDTH = 23;
  private static final ReplyTo REPLY_TO = new ReplyTo(new UUID(1, 2), 0, "here");

  @Param({"LOOKUP", "ROW_DELTA", "ROWS", "DENSE_DELTA", "DENSE_SLICES", "PREDICTIONS"})
  private Kind kind;

  private final DataOutputSerializer out = new DataOutputSerializer(1 << 20);
  private final DataInputDeserializer in = new DataInputDeserializer();
  private Travel<?> travel;
  private byte[] written;

  @Setup
  public void write() throws IOException {
    travel = kind.travel();
    serialize();
    written = out.getCopyOfBuffer();
  }

  @Benchmark
  public int serialize() throws IOException {
    out.clear();
    travel.write(out);
    return out.length();
  }

  @Benchmark
  public Object deserialize() throws IOException {
    in.setBuffer(written);
    return travel.type().serializer().deserialize(in);
  }

  private record Travel<T>(WireType<T> type, T message) {
    void write(DataOutputSerializer out) throws IOException {
      type.serializer().serialize(message, out);
    }
  }

  /** The messages, by name. */
  public enum Kind {
    LOOKUP,
    ROW_DELTA,
    ROWS,
    DENSE_DELTA,
    DENSE_SLICES,
    PREDICTIONS;

    private Travel<?> travel() {
      return switch (this) {
        case LOOKUP ->
            new Travel<>(
                WireType.of(ShardRequest.class), new Lookup(REPLY_TO, 2, 128, 1, 0, new long[N]));
        case ROW_DELTA ->
            new Travel<>(
                WireType.of(ShardRequest.class),
                new RowDelta(new long[N], 0, new long[N], new int[N], new float[N * WIDTH]));
        case ROWS ->
            new Travel<>(
                WireType.of(ShardResponse.class),
                new Rows(REPLY_TO, 1, 0, new long[N], new float[N * WIDTH]));
        case DENSE_DELTA ->
            new Travel<>(
                WireType.of(DenseDelta.class),
                new DenseDelta(REPLY_TO, 2, 256, new int[4], new float[4][15_000]));
        case DENSE_SLICES ->
            new Travel<>(
                WireType.of(ShardResponse.class),
                new DenseSlices(REPLY_TO, new int[4], new float[4][15_000]));
        case PREDICTIONS ->
            new Travel<>(
                WireType.of(Predictions.class),
                new Predictions(
                    new long[512], new float[512], new float[512], new float[512], 20_000));
      };
    }
  }
}
