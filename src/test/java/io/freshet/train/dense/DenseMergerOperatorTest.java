package io.freshet.train.dense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.feature.FeatureSchema;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.dense.DenseBlock;
import io.freshet.model.dense.DenseParameters;
import io.freshet.train.LoopSettings;
import io.freshet.train.TrainSettings;
import io.freshet.train.feedback.FeedbackChannels;
import io.freshet.train.feedback.ParameterServerHarness;
import io.freshet.train.loop.SyntheticExamples;
import io.freshet.train.message.DenseDelta;
import io.freshet.train.message.MergerRequest;
import io.freshet.train.message.ReplyTo;
import io.freshet.train.message.ShardResponse;
import io.freshet.train.message.ShardResponse.DenseSlices;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("try") // the harness' close() may be interrupted; tests pass that on
final class DenseMergerOperatorTest {
  private static final FeatureSchema SCHEMA = SyntheticExamples.SCHEMA;
  private static final int SLICES = 8;
  private static final ModelSettings MODEL = ModelSettings.deepFm(2, List.of(5), 0, 42);
  private static final DenseParameters START =
      DenseParameters.start(SCHEMA.size(), MODEL, LearningSettings.DEFAULT.dense());
  private static final DenseSlicing SLICING = new DenseSlicing(START.size(), SLICES);
  private static final ReplyTo REPLY_TO = new ReplyTo(new UUID(1, 2), 3, "here");

  @Test
  void theFirstResponseIsTheNetworkOfTheSeed() throws Exception {
    try (Harness merger = opened()) {
      DenseSlices response = merger.ask(2, 0, 5);

      assertThat(response.replyTo()).isEqualTo(REPLY_TO);
      assertThat(response.slices()).containsExactly(2, 0, 5);
      assertThat(response.values()).isDeepEqualTo(start(2, 0, 5));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 9})
  void parametersMoveByTheDeltaOverTheRootOfTheTrainersAndSlotsWhole(int trainers)
      throws Exception {
    try (Harness merger = opened()) {
      DenseSlices response = merger.merge(trainers, 100, 6f, 2, 3);

      float[][] start = start(2, 3);
      for (int s = 0; s < 2; s++) {
        int n = SLICING.length(2 + s);
        for (int i = 0; i < START.planes() * n; i++) {
          float moved = i < n ? 6f / (float) Math.sqrt(trainers) : 6f;
          assertThat(response.values()[s][i]).isEqualTo(start[s][i] + moved, within(1e-5f));
        }
      }
    }
  }

  @Test
  void theValuesOfAnOnlyTrainerAreTakenAsTheyAre() throws Exception {
    try (Harness merger = opened()) {
      DenseSlices response = merger.merge(1, 100, 0.3f, 2);

      assertThat(response.values()[0]).containsOnly(0.3f);
      assertThat(merger.ask(2).values()[0]).containsOnly(0.3f);
      assertThat(merger.ask(3).values()).isDeepEqualTo(start(3));
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void aSliceThatIsNotFiniteIsRefusedAloneAndItsExamplesDoNotCount(float bad) throws Exception {
    try (Harness merger = opened()) {
      float[][] deltas = zeros(2, 3);
      deltas[0][1] = bad;
      deltas[1][deltas[1].length - 1] = 2;

      DenseSlices response = merger.send(new DenseDelta(REPLY_TO, 4, 9, new int[] {2, 3}, deltas));

      float[][] expected = start(2, 3);
      expected[1][expected[1].length - 1] += 2;
      assertThat(response.values()).isDeepEqualTo(expected);
      merger.prepareSnapshotPreBarrier(1);
      assertThat(merger.finished())
          .filteredOn(block -> block.examples() > 0)
          .extracting(DenseBlock::from)
          .containsExactly(SLICING.from(3));
    }
  }

  @Test
  void allSlicesGoToTheSnapshotBeforeEveryBarrier() throws Exception {
    try (Harness merger = opened()) {
      merger.merge(4, 100, 1, 4);

      for (int barrier = 1; barrier <= 2; barrier++) {
        merger.prepareSnapshotPreBarrier(barrier);

        List<DenseBlock> blocks = merger.finished();
        assertThat(blocks).extracting(DenseBlock::from).containsExactly(froms());
        assertThat(blocks.get(4).examples()).isEqualTo(100);
        float[] values = new float[SLICING.length(4)];
        START.read(0, SLICING.from(4), values.length, values, 0);
        for (int i = 0; i < values.length; i++) {
          assertThat(blocks.get(4).values()[i]).isEqualTo(values[i] + 0.5f);
        }
      }
    }
  }

  @Test
  void afterTheEndOfTheInputNothingIsSent() throws Exception {
    try (Harness merger = opened()) {
      merger.endInput();
      assertThat(merger.finished()).hasSize(SLICES);

      merger.prepareSnapshotPreBarrier(1);

      assertThat(merger.finished()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"hashmap", "rocksdb"})
  void rescalingKeepsEverySliceBitForBit(String backend) throws Exception {
    List<DenseSlices> before = new ArrayList<>();
    OperatorSubtaskState one;
    try (Harness merger = new Harness(1, 0, MODEL, SLICES, backend)) {
      merger.open();
      for (int slice = 0; slice < SLICES; slice++) {
        merger.merge(3, slice, 0.1f * slice, slice);
      }
      one = merger.checkpoint(1);
      for (int slice = 0; slice < SLICES; slice++) {
        before.add(merger.ask(slice));
      }
    }

    List<OperatorSubtaskState> halves = new ArrayList<>();
    for (int half = 0; half < 2; half++) {
      try (Harness merger = new Harness(2, half, MODEL, SLICES, backend)) {
        merger.restore(one, 1);
        for (int slice = 0; slice < SLICES; slice++) {
          if (merger.owns(slice)) {
            assertThat(merger.ask(slice)).usingRecursiveComparison().isEqualTo(before.get(slice));
          }
        }
        halves.add(merger.checkpoint(2));
      }
    }

    try (Harness merger = new Harness(1, 0, MODEL, SLICES, backend)) {
      merger.restore(
          AbstractStreamOperatorTestHarness.repackageState(
              halves.toArray(new OperatorSubtaskState[0])),
          2);
      merger.checkpoint(3);
      List<DenseBlock> blocks = merger.finished();
      for (int slice = 0; slice < SLICES; slice++) {
        assertThat(merger.ask(slice)).usingRecursiveComparison().isEqualTo(before.get(slice));
        assertThat(blocks.get(slice).examples()).isEqualTo(slice);
      }
    }
  }

  @Test
  void anotherNumberOfSlicesCutsTheSameNetwork() throws Exception {
    OperatorSubtaskState state;
    float[] network;
    try (Harness merger = opened()) {
      for (int slice = 0; slice < SLICES; slice++) {
        merger.merge(1, 100, 0.1f * slice, slice);
      }
      state = merger.checkpoint(1);
      network = network(merger.finished());
    }

    try (Harness merger = new Harness(1, 0, MODEL, SLICES / 2, "hashmap")) {
      merger.restore(state, 1);
      merger.checkpoint(2);

      List<DenseBlock> blocks = merger.finished();
      assertThat(blocks).hasSize(SLICES / 2).allMatch(block -> block.examples() == 100);
      assertThat(network(blocks)).containsExactly(network);
    }
  }

  @Test
  void aWiderHiddenLayerKeepsWhatTheFirstUnitsLearned() throws Exception {
    OperatorSubtaskState state;
    float[] before;
    try (Harness merger = opened()) {
      merger.merge(1, 100, 3, IntStream.range(0, SLICES).toArray());
      state = merger.checkpoint(1);
      before = network(merger.finished());
    }

    ModelSettings wider = ModelSettings.deepFm(2, List.of(7), 0, 42);
    try (Harness merger = new Harness(1, 0, wider, SLICES, "hashmap")) {
      merger.restore(state, 1);
      merger.checkpoint(2);

      float[] after = network(merger.finished());
      int inputs = 2 * SCHEMA.size();
      assertThat(after).hasSize(inputs * 7 + 7 + 7 + 1);
      for (int i = 0; i < inputs; i++) {
        for (int unit = 0; unit < 5; unit++) {
          assertThat(after[i * 7 + unit]).isEqualTo(before[i * 5 + unit]);
        }
        assertThat(after[i * 7 + 6]).isNotZero();
      }
    }
  }

  private static float[] network(List<DenseBlock> blocks) {
    int size = blocks.stream().mapToInt(block -> block.values().length).sum();
    float[] network = new float[size];
    blocks.forEach(b -> System.arraycopy(b.values(), 0, network, b.from(), b.values().length));
    return network;
  }

  @Test
  void withoutADensePartThereAreNoSlices() throws Exception {
    ModelSettings shallow = ModelSettings.deepFm(2, List.of(), 0, 42);
    try (Harness merger = new Harness(1, 0, shallow, SLICES, "hashmap")) {
      merger.open();

      merger.prepareSnapshotPreBarrier(1);

      assertThat(merger.finished()).isEmpty();
    }
  }

  @Test
  void aResponseWithinTheProcessIsDirectUntilItsTrainerCloses() throws Exception {
    List<ShardResponse> received = new ArrayList<>();
    Consumer<ShardResponse> trainer = received::add;
    DenseDelta request = new DenseDelta(REPLY_TO, 1, 0, new int[] {2}, new float[0][]);
    try (var merger = new Harness(true)) {
      merger.open();
      FeedbackChannels.open(REPLY_TO.channel(), trainer);
      assertThat(merger.ask(request)).isNull();
      FeedbackChannels.close(REPLY_TO.channel(), trainer);

      assertThat(merger.ask(request)).isNotNull();
      assertThat(received).hasSize(1);
    }
  }

  private static Integer[] froms() {
    return IntStream.range(0, SLICES).map(SLICING::from).boxed().toArray(Integer[]::new);
  }

  private static float[][] start(int... slices) {
    float[][] values = zeros(slices);
    for (int s = 0; s < slices.length; s++) {
      int n = SLICING.length(slices[s]);
      for (int plane = 0; plane < START.planes(); plane++) {
        START.read(plane, SLICING.from(slices[s]), n, values[s], plane * n);
      }
    }
    return values;
  }

  private static float[][] zeros(int... slices) {
    return Arrays.stream(slices)
        .mapToObj(slice -> new float[START.planes() * SLICING.length(slice)])
        .toArray(float[][]::new);
  }

  private static Harness opened() throws Exception {
    Harness merger = new Harness(1, 0, MODEL, SLICES, "hashmap");
    merger.open();
    return merger;
  }

  private static final class Harness extends ParameterServerHarness<Integer, MergerRequest> {
    Harness(int parallelism, int subtask, ModelSettings model, int slices, String backend)
        throws Exception {
      super(
          new DenseMerger(
              LoopSettings.of(SCHEMA, model, TrainSettings.DEFAULT.withDenseSlices(slices)), false),
          MergerRequest::key,
          Types.INT,
          backend,
          parallelism,
          subtask);
    }

    Harness(boolean direct) throws Exception {
      super(
          new DenseMerger(LoopSettings.of(SCHEMA, MODEL, TrainSettings.DEFAULT), direct),
          MergerRequest::key,
          Types.INT,
          "hashmap",
          1,
          0);
    }

    DenseSlices ask(int... slices) throws Exception {
      return send(new DenseDelta(REPLY_TO, 1, 0, slices, new float[0][]));
    }

    DenseSlices merge(int trainers, long examples, float by, int... slices) throws Exception {
      float[][] deltas = zeros(slices);
      Arrays.stream(deltas).forEach(delta -> Arrays.fill(delta, by));
      return send(new DenseDelta(REPLY_TO, trainers, examples, slices, deltas));
    }

    DenseSlices send(DenseDelta delta) throws Exception {
      DenseSlices response = (DenseSlices) ask(delta);
      assertThat(getOutput()).hasSize(1);
      return response;
    }

    /** What went to the snapshot since the last call. */
    List<DenseBlock> finished() {
      return taken(DenseMerger.WEIGHTS);
    }
  }
}
