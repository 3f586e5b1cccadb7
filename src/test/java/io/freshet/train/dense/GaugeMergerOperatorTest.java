package io.freshet.train.dense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.NumericField;
import io.freshet.feature.NumericField.Transform;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.ModelSettings;
import io.freshet.model.Safeguards;
import io.freshet.model.gauge.Gauge;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.train.LoopSettings;
import io.freshet.train.TrainSettings;
import io.freshet.train.feedback.ParameterServerHarness;
import io.freshet.train.message.GaugeDelta;
import io.freshet.train.message.MergerRequest;
import io.freshet.train.message.ReplyTo;
import io.freshet.train.message.ShardResponse.GaugeValues;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The gauge's owner, and the replicas of trainers that exchange with it. */
@SuppressWarnings("try") // the harness' close() may be interrupted; tests pass that on
final class GaugeMergerOperatorTest {
  private static final FeatureSchema SCHEMA =
      new FeatureSchema(
          List.of(
              new CategoricalField("user", 1), new NumericField("age", 2, new Transform.Auto())),
          "user");
  private static final ModelSettings MODEL = ModelSettings.deepFm(2, List.of(5), 0, 42);
  private static final ReplyTo REPLY_TO = new ReplyTo(new UUID(1, 2), 3, "here");
  private static final int AGES = 0; // the count of numbers, in the block
  private static final int LEARNED = 13;
  private static final int MIXED = 16;

  @Test
  void itAddsWhatIsSentAndRespondsWithAllOfIt() throws Exception {
    try (Harness merger = opened()) {
      double[] added = new double[size()];
      added[LEARNED] = 5;

      merger.send(false, added);
      added[LEARNED] = 7;
      GaugeValues response = merger.send(false, added);

      assertThat(response.replyTo()).isEqualTo(REPLY_TO);
      assertThat(response.values()[LEARNED]).isEqualTo(12);
      assertThat(merger.send(false).values()).as("a request").isEqualTo(response.values());
    }
  }

  @Test
  void theSumsOfAnOnlyTrainerReplaceWhatThereWas() throws Exception {
    try (Harness merger = opened()) {
      double[] sums = new double[size()];
      sums[LEARNED] = 5;

      merger.send(true, sums);

      assertThat(merger.send(true, sums).values()).isEqualTo(sums);
      assertThat(merger.send(true).values()).as("a request").isEqualTo(sums);
    }
  }

  @Test
  void itHalvesWhatIsFullButNotTheBaseRate() throws Exception {
    try (Harness merger = opened()) {
      double[] added = new double[size()];
      Arrays.fill(added, 12_000);
      assertThat(merger.send(false, added).values()).containsOnly(12_000);

      double[] merged = merger.send(false, added).values();

      assertThat(merged[AGES]).isEqualTo(12_000);
      assertThat(merged[MIXED]).isEqualTo(12_000);
      assertThat(merged[LEARNED]).isEqualTo(24_000);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 16})
  void oneSubtaskOwnsItAndKeepsItAtAnyParallelism(int parallelism) throws Exception {
    double[] sums = new double[size()];
    Arrays.setAll(sums, i -> 1.0 / (i + 1));
    OperatorSubtaskState one;
    try (Harness merger = opened()) {
      merger.send(false, sums);
      one = merger.checkpoint(1);
    }
    List<OperatorSubtaskState> parts = new ArrayList<>();
    int owners = 0;
    for (int subtask = 0; subtask < parallelism; subtask++) {
      try (Harness merger = new Harness(parallelism, subtask)) {
        merger.restore(one, 1);
        parts.add(merger.checkpoint(2));
        int published = merger.taken(DenseMerger.GAUGE).size();
        assertThat(published).isEqualTo(merger.owns(GaugeDelta.KEY) ? 1 : 0);
        owners += published;
      }
    }
    assertThat(owners).isEqualTo(1);

    try (Harness merger = new Harness(1, 0)) {
      merger.restore(
          AbstractStreamOperatorTestHarness.repackageState(
              parts.toArray(new OperatorSubtaskState[0])),
          parallelism);

      assertThat(merger.send(false).values()).isEqualTo(sums);
    }
  }

  @Test
  void itGoesToTheSnapshotBeforeEveryBarrier() throws Exception {
    try (Harness merger = opened()) {
      double[] added = new double[size()];
      added[LEARNED] = 10;
      added[LEARNED + 1] = 2;
      merger.send(false, added);

      for (int barrier = 1; barrier <= 2; barrier++) {
        merger.prepareSnapshotPreBarrier(barrier);

        assertThat(merger.taken(DenseMerger.GAUGE))
            .extracting(PublishedGauge::offset)
            .containsExactly(Math.log(2.1 / 8.9));
      }
    }
  }

  /** Requests and responses arrive whenever they do, and examples of any trainer come between. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void whatThreeTrainersAddIsWhatOneWouldHave(long seed) throws Exception {
    Random random = new Random(seed);
    Gauge alone = gauge();
    try (Harness merger = opened()) {
      List<Trainer> trainers = List.of(new Trainer(), new Trainer(), new Trainer());
      trainers.forEach(trainer -> trainer.replica.fetch());
      int examples = 0;
      while (examples < 3_000) {
        Trainer trainer = trainers.get(random.nextInt(3));
        switch (random.nextInt(6)) {
          case 0 -> trainer.replica.send();
          case 1 -> trainer.deliverRequest(merger);
          case 2 -> trainer.deliverResponse();
          default -> {
            if (trainer.replica.isReady()) {
              LabeledExample example = example(examples++, random.nextInt(100));
              learn(trainer.gauge, example);
              learn(alone, example);
            }
          }
        }
      }
      for (int round = 0; round < 3; round++) { // open requests, then what is left, then all of it
        for (Trainer trainer : trainers) {
          trainer.deliverRequest(merger);
          trainer.deliverResponse();
          trainer.replica.send();
          assertThat(trainer.replica.isOpen()).isTrue();
          trainer.deliverRequest(merger);
          trainer.deliverResponse();
          assertThat(trainer.replica.isOpen()).isFalse();
        }
      }

      double[] merged = merger.send(false).values();
      assertThat(merged[AGES]).isEqualTo(3_000);
      for (int i = 0; i < merged.length; i++) {
        if (i < MIXED) {
          assertThat(merged[i])
              .as("sum %s, seed %s", i, seed)
              .isCloseTo(alone.values()[i], within(1e-12 * Math.abs(alone.values()[i])));
        }
        for (Trainer trainer : trainers) {
          assertThat(trainer.gauge.values()[i])
              .isCloseTo(merged[i], within(1e-9 * (1 + Math.abs(merged[i]))));
        }
      }
    }
  }

  /** A trainer whose messages wait until they are delivered. */
  private static final class Trainer {
    private final Gauge gauge = new Gauge(SCHEMA, MODEL.kind(), Safeguards.ON, false);
    private final Queue<GaugeDelta> requests = new ArrayDeque<>();
    private final Queue<GaugeValues> responses = new ArrayDeque<>();
    private final GaugeReplica replica =
        new GaugeReplica(gauge, REPLY_TO, false, false, requests::add);

    void deliverRequest(Harness merger) throws Exception {
      if (!requests.isEmpty()) {
        responses.add((GaugeValues) merger.ask(requests.remove()));
      }
    }

    void deliverResponse() {
      if (!responses.isEmpty()) {
        replica.accept(responses.remove().values());
      }
    }
  }

  private static void learn(Gauge gauge, LabeledExample example) {
    gauge.encode(example);
    gauge.beginStep();
    gauge.task(0).logit(0.1f, -0.2f);
    gauge.task(0).addLabel(example.weight(), example.label(), 1);
  }

  private static LabeledExample example(int i, float age) {
    return new LabeledExample(
        "i" + i,
        i,
        i % 3 == 0 ? 1 : 0,
        1,
        new Example(
            1, new long[] {Fids.BIAS, Fids.of(1, i), Fids.number(2)}, new float[] {1, 1, age}));
  }

  private static Gauge gauge() {
    return new Gauge(SCHEMA, MODEL.kind(), Safeguards.ON, true);
  }

  private static int size() {
    return gauge().values().length;
  }

  private static Harness opened() throws Exception {
    Harness merger = new Harness(1, 0);
    merger.open();
    return merger;
  }

  private static final class Harness extends ParameterServerHarness<Integer, MergerRequest> {
    Harness(int parallelism, int subtask) throws Exception {
      super(
          new DenseMerger(LoopSettings.of(SCHEMA, MODEL, TrainSettings.DEFAULT), false),
          MergerRequest::key,
          Types.INT,
          "hashmap",
          parallelism,
          subtask);
    }

    GaugeValues send(boolean isWhole, double... added) throws Exception {
      return (GaugeValues) ask(new GaugeDelta(REPLY_TO, isWhole, added.clone()));
    }
  }
}
