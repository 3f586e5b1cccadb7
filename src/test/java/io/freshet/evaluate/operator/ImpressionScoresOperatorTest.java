package io.freshet.evaluate.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.evaluate.operator.AtImpression.Labeled;
import io.freshet.evaluate.operator.AtImpression.Predicted;
import io.freshet.model.batch.Predictions;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // closing a harness may throw whatever it likes
class ImpressionScoresOperatorTest {

  @Test
  void predictionAndLabelMeetWhicheverComesFirst() throws Exception {
    try (Harness harness = new Harness()) {
      harness.open();
      harness.processElement(new StreamRecord<>(new Predicted(7, 0.25f)));
      harness.processElement(new StreamRecord<>(new Labeled(8, 50, 0, 2)));
      assertThat(harness.extractOutputValues()).isEmpty();

      harness.processElement(new StreamRecord<>(new Labeled(7, 60, 1, 3)));
      harness.processElement(new StreamRecord<>(new Predicted(8, 0.5f)));

      assertThat(harness.extractOutputValues())
          .usingRecursiveFieldByFieldElementComparator()
          .containsExactly(score(60, 1, 3, 0.25f), score(50, 0, 2, 0.5f));
      assertThat(harness.getRecordOutput()).extracting(StreamRecord::getTimestamp).contains(60L);
      assertThat(harness.numKeyedStateEntries()).isZero();
    }
  }

  @Test
  void halvesOutliveARestart() throws Exception {
    OperatorSubtaskState state;
    try (Harness harness = new Harness()) {
      harness.open();
      harness.processElement(new StreamRecord<>(new Predicted(7, 0.25f)));
      harness.processElement(new StreamRecord<>(new Labeled(8, 50, 0, 2)));
      state = harness.snapshot(1, 1);
    }
    try (Harness harness = new Harness()) {
      harness.initializeState(state);
      harness.open();
      harness.processElement(new StreamRecord<>(new Predicted(8, 0.5f)));
      harness.processElement(new StreamRecord<>(new Labeled(7, 60, 1, 3)));

      assertThat(harness.extractOutputValues())
          .usingRecursiveFieldByFieldElementComparator()
          .containsExactly(score(50, 0, 2, 0.5f), score(60, 1, 3, 0.25f));
      assertThat(harness.numKeyedStateEntries()).isZero();
    }
  }

  private static Predictions score(long time, float label, float weight, float probability) {
    return new Predictions(
        new long[] {time}, new float[] {label}, new float[] {weight}, new float[] {probability}, 0);
  }

  private static final class Harness
      extends KeyedOneInputStreamOperatorTestHarness<Long, AtImpression, Predictions> {
    Harness() throws Exception {
      super(new ImpressionScores(), AtImpression::key, Types.LONG);
      setup();
    }
  }
}
