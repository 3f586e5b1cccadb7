package io.freshet.join.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.freshet.feature.example.EncodedImpression;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabelSettings.Sampling;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.history.Histories;
import io.freshet.join.FinalLabel;
import io.freshet.join.JoinCounts;
import io.freshet.join.JoinSettings;
import io.freshet.join.LabelDefinition;
import io.freshet.wire.WireType;
import java.time.Duration;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class EventOrderOperatorTest {
  private static final JoinSettings SETTINGS =
      JoinSettings.DEFAULT
          .withWarmUp(Duration.ZERO)
          .withDefinition(LabelDefinition.INLINE)
          .withBreaker(JoinSettings.DEFAULT.breaker().disabled());

  private Harness order;

  @BeforeEach
  void open() throws Exception {
    order = new Harness(SETTINGS);
    order.open();
  }

  @AfterEach
  void close() {
    order.close();
  }

  @Test
  void examplesComeInTheOrderOfEventTime() throws Exception {
    order.impression("c", 3_000, 0);
    order.impression("a", 1_000, 1);
    order.impression("b", 2_000, 0.25f);
    assertThat(order.extractOutputValues()).isEmpty();

    order.processWatermark(new Watermark(3_000));

    assertThat(order.extractOutputValues())
        .extracting(LabeledExample::impressionId, LabeledExample::label, LabeledExample::time)
        .containsExactly(tuple("a", 1f, 1_000L), tuple("b", 0.25f, 2_000L), tuple("c", 0f, 3_000L));
    assertThat(order.counts().waitingImpressions()).isZero();
  }

  @Test
  void aLateOneIsLearnedAfterTheWatermark() throws Exception {
    order.processWatermark(new Watermark(10_000));

    order.impression("late", 1_000, 1);

    assertThat(order.getRecordOutput())
        .extracting(StreamRecord::getTimestamp)
        .containsExactly(10_001L);
  }

  @Test
  void aRestartChangesNothing() throws Exception {
    order.processWatermark(new Watermark(10_000));
    order.impression("a", 20_000, 1);
    OperatorSubtaskState state = order.snapshot(1, 1);

    try (Harness restored = new Harness(SETTINGS)) {
      restored.initializeState(state);
      restored.open();
      restored.impression("late", 1_000, 0);
      restored.processWatermark(new Watermark(20_000));

      assertThat(restored.getRecordOutput())
          .extracting(StreamRecord::getTimestamp)
          .containsExactly(10_001L, 20_000L);
      assertThat(restored.counts().of(JoinCounts.Count.IMPRESSIONS)).isEqualTo(2);
      assertThat(restored.counts().of(JoinCounts.Count.SENT_EXAMPLES)).isEqualTo(2);
      assertThat(restored.numKeyedStateEntries()).isZero();
    }
  }

  @Test
  void silenceIsNotPassedOn() throws Exception {
    order.processWatermarkStatus(WatermarkStatus.IDLE);

    assertThat(order.getOutput()).isEmpty();
  }

  @Test
  void weightsAreClippedAndNegativesSampledAsTheJoinDoes() throws Exception {
    JoinSettings half = SETTINGS.withLabels(SETTINGS.labels().withNegatives(0.5, Sampling.WEIGHT));
    try (Harness sampled = new Harness(half.withScoredShare(1))) {
      sampled.open();
      for (int i = 0; i < 400; i++) { // few enough for one step of the timers
        sampled.impression("i" + i, 1_000, i % 2);
      }
      sampled.processWatermark(Watermark.MAX_WATERMARK);

      assertThat(sampled.extractOutputValues().stream().filter(LabeledExample::isLearned).count())
          .isBetween(270L, 330L);
      assertThat(sampled.extractOutputValues())
          .extracting(LabeledExample::weight)
          .containsOnly(1_000f);
      assertThat(sampled.getSideOutput(LabelStreams.FINAL_LABELS))
          .hasSize(400)
          .extracting(StreamRecord::getValue)
          .extracting(FinalLabel::label)
          .containsOnly(0f, 1f);
    }
  }

  private static final class Harness
      extends KeyedOneInputStreamOperatorTestHarness<String, EncodedImpression, LabeledExample> {
    private final EventOrder order;

    Harness(JoinSettings settings) throws Exception {
      this(new EventOrder(settings, Histories.NONE));
    }

    private Harness(EventOrder order) throws Exception {
      super(order, EncodedImpression::id, Types.STRING, JoinHarness.MAX_PARALLELISM, 1, 0);
      this.order = order;
      order.setMailboxExecutor(mockTask.getMailboxExecutorFactory().createExecutor(0));
      setup(WireType.of(LabeledExample.class).serializer());
    }

    JoinCounts counts() {
      return order.counts();
    }

    @Override
    public void close() {
      try {
        super.close();
      } catch (Exception e) {
        throw new IllegalStateException("the operator does not close", e);
      }
    }

    void impression(String id, long time, float label) throws Exception {
      Example example = new Example(id.hashCode(), new long[] {0}, new float[] {1});
      processElement(new EncodedImpression(id, time, 2_000, label, example), time);
    }
  }
}
