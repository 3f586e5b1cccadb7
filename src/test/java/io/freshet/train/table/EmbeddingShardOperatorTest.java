package io.freshet.train.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.row.RowBlock;
import io.freshet.model.row.RowLayout;
import io.freshet.train.RefusedException;
import io.freshet.train.TrainSettings;
import io.freshet.train.loop.SyntheticExamples;
import io.freshet.train.message.LoopCodecs;
import io.freshet.train.message.ReplyTo;
import io.freshet.train.message.ShardRequest;
import io.freshet.train.message.ShardRequest.Lookup;
import io.freshet.train.message.ShardRequest.RowDelta;
import io.freshet.train.message.ShardResponse;
import io.freshet.train.message.ShardResponse.Rows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.LongStream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@SuppressWarnings("try") // the harness' close() may be interrupted; tests pass that on
final class EmbeddingShardOperatorTest {
  private static final int MAX_PARALLELISM = 16;
  private static final ModelSettings MODEL = new ModelSettings(2, List.of(), 0, 42);
  private static final RowLayout LAYOUT = new RowLayout(MODEL, LearningSettings.DEFAULT);
  private static final int WIDTH = LAYOUT.width();
  private static final ReplyTo REPLY_TO = new ReplyTo(new UUID(1, 2), 0, "here");

  @Test
  void aNewRowIsTheOneThatItsFeatureStartsWith() throws Exception {
    try (Harness shard = opened()) {
      Rows rows = shard.lookUp(11, -5);

      float[] expected = new float[2 * WIDTH];
      LAYOUT.start(11, expected, 0);
      LAYOUT.start(-5, expected, WIDTH);
      assertThat(rows.values()).containsExactly(expected);
      assertThat(rows.updates()).containsExactly(0, 0);
      assertThat(rows.replyTo()).isEqualTo(REPLY_TO);
      assertThat(rows.batch()).isEqualTo(9);
      assertThat(rows.part()).isEqualTo(4);
    }
  }

  @Test
  void aDeltaIsAddedToItsRow() throws Exception {
    try (Harness shard = opened()) {
      float[] before = shard.lookUp(11).values();

      shard.add(11, 0, 3, filled(0.5f));

      Rows after = shard.lookUp(11);
      assertThat(after.updates()).containsExactly(3);
      for (int i = 0; i < WIDTH; i++) {
        assertThat(after.values()[i]).isEqualTo(before[i] + 0.5f);
      }
    }
  }

  @Test
  void parametersMoveByOwnOverAllOccurrencesSinceThePullAndSlotsWhole() throws Exception {
    try (Harness shard = opened()) {
      float[] start = shard.lookUp(11).values();
      shard.add(11, 0, 2, filled(0)); // by another trainer, after the pull

      shard.add(11, 0, 3, filled(1)); // 3 own, 2 of others: 3 / 5
      shard.add(11, 1, 4, filled(1)); // 4 own, 1 + 3 of others: 4 / 8

      Rows rows = shard.lookUp(11);
      assertThat(rows.updates()).containsExactly(9);
      for (int i = 0; i < LAYOUT.parameters(); i++) {
        assertThat(rows.values()[i]).isEqualTo(start[i] + 0.6f + 0.5f, within(1e-6f));
      }
      for (int i = LAYOUT.parameters(); i < WIDTH; i++) {
        assertThat(rows.values()[i]).isEqualTo(start[i] + 2, within(1e-6f));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"hashmap, 1000", "hashmap, 7", "rocksdb, 1000", "rocksdb, 7"})
  void rescalingKeepsEveryRowBitForBit(String backend, int cacheRows) throws Exception {
    long[] fids = new SplittableRandom(3).longs(500).toArray();
    List<Rows> before = new ArrayList<>();
    OperatorSubtaskState one;
    try (Harness shard = new Harness(1, 0, MODEL, cacheRows, backend)) {
      shard.open();
      SplittableRandom random = new SplittableRandom(4);
      for (long fid : fids) {
        shard.add(fid, 0, 1 + random.nextInt(9), filled((float) random.nextDouble()));
      }
      one = shard.checkpoint(1);
      for (long fid : fids) {
        before.add(shard.lookUp(fid));
      }
    }

    List<OperatorSubtaskState> halves = new ArrayList<>();
    for (int half = 0; half < 2; half++) {
      try (Harness shard = new Harness(2, half, MODEL, cacheRows, backend)) {
        shard.restore(one, 1);
        for (int i = 0; i < fids.length; i++) {
          if (shard.owns(fids[i])) {
            assertThat(shard.lookUp(fids[i])).usingRecursiveComparison().isEqualTo(before.get(i));
          }
        }
        halves.add(shard.checkpoint(2));
      }
    }

    try (Harness shard = new Harness(1, 0, MODEL, cacheRows, backend)) {
      shard.restore(
          AbstractStreamOperatorTestHarness.repackageState(
              halves.toArray(new OperatorSubtaskState[0])),
          2);
      for (int i = 0; i < fids.length; i++) {
        assertThat(shard.lookUp(fids[i])).usingRecursiveComparison().isEqualTo(before.get(i));
      }
    }
  }

  @Test
  void rowsOfAnotherWidthInTheStateAreRefused() throws Exception {
    OperatorSubtaskState state;
    try (Harness shard = opened()) {
      shard.add(11, 0, 1, filled(1));
      state = shard.checkpoint(1);
    }

    ModelSettings wider = new ModelSettings(3, List.of(), 0, 42);
    try (Harness shard = new Harness(1, 0, wider, 100, "hashmap")) {
      assertThatThrownBy(() -> shard.restore(state, 1))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("model.embedding-size is 3, in the restored state it is 2");
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 16", "1, 128"})
  void trainersOfAnotherShapeAreRefused(int parallelism, int maxParallelism) throws Exception {
    try (Harness shard = opened()) {
      Lookup lookup = new Lookup(REPLY_TO, parallelism, maxParallelism, 1, 0, new long[] {11});

      assertThatThrownBy(() -> shard.processElement(new StreamRecord<>(lookup)))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining(
              "trainers run at parallelism %d of %d but shards at 1 of 16",
              parallelism, maxParallelism);
    }
  }

  @Test
  void touchedRowsGoToTheSnapshotAheadOfTheBarrierAndOnce() throws Exception {
    try (Harness shard = opened()) {
      shard.lookUp(10);
      shard.add(11, 0, 3, filled(0.5f));
      shard.add(12, 0, 1, filled(0.5f));
      shard.add(11, 3, 2, filled(0.5f));
      assertThat(shard.touched()).isEmpty();

      shard.prepareSnapshotPreBarrier(1);
      List<RowBlock> first = shard.touched();
      shard.prepareSnapshotPreBarrier(2);
      List<RowBlock> second = shard.touched();

      assertThat(first).hasSize(1);
      assertThat(first.get(0).fids()).containsExactly(11, 12);
      assertThat(first.get(0).updates()).containsExactly(5, 1);
      float[] finished = new float[LAYOUT.finishedWidth()];
      LAYOUT.finish(11, shard.lookUp(11).values(), 0, finished, 0);
      assertThat(Arrays.copyOf(first.get(0).values(), finished.length)).containsExactly(finished);
      assertThat(second).isEmpty();
    }
  }

  @Test
  void rowsThatHaveLongBeenDirtyTrickleToTheStateBetweenMessages() throws Exception {
    try (Harness shard = new Harness(1, 0, MODEL, 1000, "hashmap")) {
      shard
          .getEnvironment()
          .getJobConfiguration()
          .set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(1));
      shard.open();
      for (long fid = 0; fid < 5; fid++) {
        shard.add(fid, 0, 1, filled(1));
      }

      assertThat(shard.numKeyedStateEntries()).isEqualTo(5);
    }
  }

  @Test
  void withoutTheTrickleStateIsWrittenAtTheBarrierAlone() throws Exception {
    try (Harness shard = opened()) {
      shard.add(1, 0, 1, filled(1));
      assertThat(shard.numKeyedStateEntries()).isZero();

      shard.prepareSnapshotPreBarrier(1);

      assertThat(shard.numKeyedStateEntries()).isOne();
    }
  }

  @Test
  void theEndOfTheInputWritesWhatIsLeft() throws Exception {
    try (Harness shard = opened()) {
      shard.add(1, 0, 1, filled(1));

      shard.endInput();

      assertThat(shard.numKeyedStateEntries()).isOne();
      assertThat(shard.touched()).hasSize(1);
    }
  }

  @Test
  void blocksOfTouchedRowsAreBounded() throws Exception {
    try (Harness shard = opened()) {
      for (long fid : LongStream.range(0, 20_000).toArray()) {
        shard.add(fid, 0, 1, filled(1));
      }

      shard.prepareSnapshotPreBarrier(1);

      List<RowBlock> blocks = shard.touched();
      assertThat(blocks).allMatch(block -> 28 * block.size() <= 1 << 18).hasSizeLessThan(5);
      assertThat(blocks.stream().mapToInt(RowBlock::size).sum()).isEqualTo(20_000);
    }
  }

  @Test
  void unalignedCheckpointsAreRefused() throws Exception {
    try (Harness shard = new Harness(1, 0, MODEL, 1000, "hashmap")) {
      shard
          .getEnvironment()
          .getJobConfiguration()
          .set(CheckpointingOptions.ENABLE_UNALIGNED, true)
          .set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(1));

      assertThatThrownBy(shard::open)
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("execution.checkpointing.unaligned.enabled to false");
    }
  }

  private static float[] filled(float value) {
    float[] delta = new float[WIDTH];
    Arrays.fill(delta, value);
    return delta;
  }

  private static Harness opened() throws Exception {
    Harness shard = new Harness(1, 0, MODEL, 1000, "hashmap");
    shard.open();
    return shard;
  }

  private static final class Harness
      extends KeyedOneInputStreamOperatorTestHarness<Long, ShardRequest, ShardResponse> {
    private final int parallelism;
    private final int subtask;

    Harness(int parallelism, int subtask, ModelSettings model, int cacheRows, String backend)
        throws Exception {
      super(
          new EmbeddingShard(
              SyntheticExamples.SCHEMA,
              model,
              new TrainSettings(
                  64, Duration.ofMillis(20), 2, 256, 8, cacheRows, LearningSettings.DEFAULT)),
          ShardRequest::key,
          Types.LONG,
          MAX_PARALLELISM,
          parallelism,
          subtask);
      this.parallelism = parallelism;
      this.subtask = subtask;
      setStateBackend(
          backend.equals("rocksdb")
              ? new EmbeddedRocksDBStateBackend()
              : new HashMapStateBackend());
      setup(LoopCodecs.ANSWER.serializer());
    }

    Rows lookUp(long... fids) throws Exception {
      getOutput().clear();
      processElement(
          new StreamRecord<>(new Lookup(REPLY_TO, parallelism, MAX_PARALLELISM, 9, 4, fids)));
      return (Rows) extractOutputValues().get(0);
    }

    void add(long fid, long base, int count, float[] delta) throws Exception {
      processElement(
          new StreamRecord<>(
              new RowDelta(new long[] {fid}, 1000, new long[] {base}, new int[] {count}, delta)));
    }

    /** What went to the snapshot since the last call. */
    List<RowBlock> touched() {
      List<RowBlock> blocks = new ArrayList<>();
      var records = getSideOutput(EmbeddingShard.TOUCHED);
      while (records != null && !records.isEmpty()) {
        blocks.add(records.poll().getValue());
      }
      return blocks;
    }

    OperatorSubtaskState checkpoint(long id) throws Exception {
      prepareSnapshotPreBarrier(id);
      return snapshot(id, id);
    }

    void restore(OperatorSubtaskState state, int before) throws Exception {
      initializeState(
          repartitionOperatorState(state, MAX_PARALLELISM, before, parallelism, subtask));
      open();
    }

    boolean owns(long fid) {
      return KeyGroupRangeAssignment.assignKeyToParallelOperator(fid, MAX_PARALLELISM, parallelism)
          == subtask;
    }
  }
}
