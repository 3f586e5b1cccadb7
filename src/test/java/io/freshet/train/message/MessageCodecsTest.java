package io.freshet.train.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.batch.ExampleAttributes;
import io.freshet.model.batch.Predictions;
import io.freshet.model.dense.DenseBlock;
import io.freshet.model.row.RowBlock;
import io.freshet.model.row.TableCounts;
import io.freshet.train.SkippedExample;
import io.freshet.train.dense.StoredSlice;
import io.freshet.train.message.ShardRequest.Lookup;
import io.freshet.train.message.ShardRequest.Occurrences;
import io.freshet.train.message.ShardRequest.RowDelta;
import io.freshet.train.message.ShardResponse.DenseSlices;
import io.freshet.train.message.ShardResponse.Rows;
import io.freshet.train.table.cache.StoredRow;
import io.freshet.wire.Primitives;
import io.freshet.wire.WireType;
import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every message, without rows, with one and with more than a scratch buffer holds. */
final class MessageCodecsTest {
  private static final ReplyTo REPLY_TO =
      new ReplyTo(new UUID(-3, 5), 2, "task manager 10.0.0.1:123 (process 7)");

  private final SplittableRandom random = new SplittableRandom(1);

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5000})
  void lookupsTravelUnchanged(int n) throws IOException {
    assertTravelsUnchanged(
        LoopCodecs.SHARD_REQUEST, new Lookup(REPLY_TO, 4, 128, 1L << 40, 3, longs(n)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5000})
  void rowDeltasTravelUnchanged(int n) throws IOException {
    assertTravelsUnchanged(
        LoopCodecs.SHARD_REQUEST,
        new RowDelta(longs(n), Long.MIN_VALUE, longs(n), ints(n), floats(22 * n)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5000})
  void rowsTravelUnchanged(int n) throws IOException {
    assertTravelsUnchanged(
        LoopCodecs.ANSWER, new Rows(REPLY_TO, 1L << 40, 3, longs(n), floats(22 * n)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5000})
  void rowsAndDeltasThatTellLivesTravelUnchanged(int n) throws IOException {
    assertTravelsUnchanged(
        LoopCodecs.ANSWER, new Rows(REPLY_TO, 1L << 40, 3, longs(n), ints(n), floats(n)));
    assertTravelsUnchanged(
        LoopCodecs.SHARD_REQUEST,
        new RowDelta(longs(n), Long.MIN_VALUE, longs(n), ints(n), ints(n), floats(22 * n)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5000})
  void occurrencesTravelUnchanged(int n) throws IOException {
    boolean[] won = new boolean[n];
    for (int i = 0; i < n; i += 3) {
      won[i] = true;
    }
    assertTravelsUnchanged(
        LoopCodecs.SHARD_REQUEST, new Occurrences(longs(n), 5L << 40, ints(n), ints(n), won));
  }

  @Test
  void countsTravelUnchanged() throws IOException {
    assertTravelsUnchanged(
        MessageCodecs.TABLE_COUNTS, new TableCounts(1, -2, 1L << 40, 4, 5, 6, 7));
  }

  @Test
  void rowsLieInStateWithTheirLifeAndOthersAsVersionOneWroteThem() throws IOException {
    assertTravelsUnchanged(StoredRow.TYPE, new StoredRow(7, 1L << 40, 9, floats(22)));
    assertTravelsUnchanged(StoredRow.TYPE, StoredRow.absent(2, -5));
    DataOutputSerializer first = new DataOutputSerializer(64);
    first.writeLong(7);
    first.writeLong(1L << 40);
    first.writeInt(2);
    Primitives.writeFloats(new float[] {0.5f, -1}, 0, 2, first);
    StoredRow row =
        new StoredRow.Codec().read(new DataInputDeserializer(first.getCopyOfBuffer()), 1);
    DataOutputSerializer now = new DataOutputSerializer(64);
    new StoredRow.Codec().write(row, now);

    assertThat(row)
        .usingRecursiveComparison()
        .isEqualTo(new StoredRow(7, 1L << 40, new float[] {0.5f, -1}));
    assertThat(now.getCopyOfBuffer()).isEqualTo(first.getCopyOfBuffer());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 64})
  void mergedSlicesTravelUnchanged(int n) throws IOException {
    assertTravelsUnchanged(LoopCodecs.ANSWER, new DenseSlices(REPLY_TO, ints(n), arrays(n)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 64})
  void denseDeltasTravelUnchanged(int n) throws IOException {
    assertTravelsUnchanged(
        LoopCodecs.DENSE_DELTA, new DenseDelta(REPLY_TO, 8, 1L << 40, ints(n), arrays(n)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5000})
  void predictionsTravelUnchanged(int n) throws IOException {
    assertTravelsUnchanged(
        MessageCodecs.PREDICTIONS,
        new Predictions(longs(n), floats(n), floats(n), floats(n), 1L << 40));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 500})
  void traitsTravelWithTheirPredictions(int n) throws IOException {
    String[] ids = new String[n];
    Arrays.fill(ids, "an \u00e9");
    ExampleAttributes traits =
        new ExampleAttributes(3, 7, longs(n), ints(n + 1), longs(2 * n), ids);
    assertTravelsUnchanged(
        MessageCodecs.PREDICTIONS,
        new Predictions(longs(n), floats(n), floats(n), floats(n), 1L << 40).with(traits));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5000})
  void skippedExamplesTravelUnchanged(int n) throws IOException {
    Example example = new Example(-5, longs(n), floats(n));
    assertTravelsUnchanged(
        MessageCodecs.SKIPPED_EXAMPLE,
        new SkippedExample(
            new LabeledExample("an \u00e9", 1L << 40, 0.25f, 1e30f, example), "too large"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5000})
  void finishedRowsTravelUnchanged(int n) throws IOException {
    assertTravelsUnchanged(
        MessageCodecs.ROW_BLOCK, new RowBlock(longs(n), longs(n), floats(11 * n), longs(n / 2)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5000})
  void finishedSlicesTravelUnchanged(int n) throws IOException {
    assertTravelsUnchanged(MessageCodecs.DENSE_BLOCK, new DenseBlock(1 << 20, floats(n), 1L << 40));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5000})
  void storedRowsAndSlicesTravelUnchanged(int n) throws IOException {
    assertTravelsUnchanged(StoredRow.TYPE, new StoredRow(1L << 40, -1, floats(n)));
    assertTravelsUnchanged(StoredSlice.TYPE, new StoredSlice(n, 1L << 40, floats(n)));
  }

  private static <T> void assertTravelsUnchanged(WireType<T> type, T message) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(16);

    type.serializer().serialize(message, out);

    DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
    assertThat(type.serializer().deserialize(in)).usingRecursiveComparison().isEqualTo(message);
    assertThat(in.available()).isZero();
  }

  private long[] longs(int n) {
    return random.longs(n).toArray();
  }

  private int[] ints(int n) {
    return random.ints(n).toArray();
  }

  private float[][] arrays(int n) {
    return IntStream.range(0, n).mapToObj(i -> floats(999 + i)).toArray(float[][]::new);
  }

  private float[] floats(int n) {
    float[] floats = new float[n];
    for (int i = 0; i < n; i++) {
      floats[i] = (float) random.nextDouble(-1, 1);
    }
    return floats;
  }
}
