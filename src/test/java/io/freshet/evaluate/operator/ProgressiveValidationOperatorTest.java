package io.freshet.evaluate.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.evaluate.EvaluateSettings;
import io.freshet.evaluate.Written;
import io.freshet.evaluate.report.Metrics;
import io.freshet.evaluate.report.MetricsReport;
import io.freshet.evaluate.report.MetricsSeries;
import io.freshet.model.batch.Predictions;
import io.freshet.wire.WireType;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // the harness' close() may be interrupted; tests pass that on
final class ProgressiveValidationOperatorTest {
  private static final OutputTag<MetricsReport> AT_BARRIER =
      new OutputTag<>("metrics-at-barrier", WireType.of(MetricsReport.class));

  @Test
  void reportsAWindowWhenTheWatermarkPassesItsEnd() throws Exception {
    try (Harness harness = opened(null)) {
      harness.processElement(predictions(0, 100, 900, 1100), 1100);
      harness.processWatermark(998);
      assertThat(harness.extractOutputValues()).isEmpty();

      harness.processWatermark(999);

      List<MetricsReport> reports = harness.extractOutputValues();
      assertThat(reports).hasSize(1);
      assertThat(reports.get(0).window().examples()).isEqualTo(2);
      assertThat(reports.get(0).sinceStart().examples()).isEqualTo(3);
      assertThat(harness.getOutput())
          .endsWith(new StreamRecord<>(reports.get(0), 999), new Watermark(999));
    }
  }

  @Test
  void theEndOfTheInputClosesEveryWindow() throws Exception {
    try (Harness harness = opened(null)) {
      harness.processElement(predictions(0, 100, 1100, 9100), 0);

      harness.processWatermark(Watermark.MAX_WATERMARK);

      assertThat(harness.extractOutputValues()).hasSize(3);
    }
  }

  @Test
  void goesOnAfterARestoreAsIfNothingHadHappened() throws Exception {
    Predictions before = predictions(0, 100, 900, 1100);
    Predictions after = predictions(1, 1200, 1300, 2200);
    List<MetricsReport> undisturbed;
    OperatorSubtaskState checkpoint;
    try (Harness harness = opened(null)) {
      harness.processElement(before, 0);
      harness.processWatermark(1000);
      checkpoint = harness.snapshot(1, 0);
      harness.processElement(after, 0); // must not reach the checkpoint taken before it
      harness.processWatermark(Watermark.MAX_WATERMARK);
      undisturbed = harness.extractOutputValues();
    }

    try (Harness harness = opened(checkpoint)) {
      harness.processElement(after, 0);
      harness.processWatermark(Watermark.MAX_WATERMARK);

      assertThat(undisturbed).hasSize(3);
      assertThat(harness.extractOutputValues()).isEqualTo(undisturbed.subList(1, 3));
    }
  }

  @Test
  void aheadOfABarrierTheSideOutputTellsWhatWasCounted() throws Exception {
    try (Harness harness = opened(null)) {
      harness.processElement(predictions(0, 100, 1100), 0);
      harness.prepareSnapshotPreBarrier(1);
      harness.processWatermark(1000);
      harness.prepareSnapshotPreBarrier(2);

      ConcurrentLinkedQueue<StreamRecord<MetricsReport>> reports =
          harness.getSideOutput(AT_BARRIER);

      assertThat(reports)
          .extracting(report -> report.getValue().occurrences())
          .containsExactly(20L, 20L);
      assertThat(reports)
          .extracting(report -> report.getValue().window().examples())
          .containsExactly(0L, 1L);
    }
  }

  @Test
  void atABarrierWindowsCloseThatTheLabelsOwnTimeHasPassed() throws Exception {
    try (var harness = new TwoInputStreamOperatorTestHarness<>(validation())) {
      harness.open();
      harness.processElement1(predictions(0, 100, 900, 1100), 0);
      harness.processWatermark1(new Watermark(50));
      harness.processWatermark2(new Watermark(1500));
      assertThat(harness.extractOutputValues()).as("not all may be predicted yet").isEmpty();

      harness.prepareSnapshotPreBarrier(1);

      assertThat(harness.extractOutputValues())
          .singleElement()
          .satisfies(report -> assertThat(report.window().examples()).isEqualTo(2));
      assertThat(harness.getSideOutput(AT_BARRIER))
          .singleElement()
          .satisfies(report -> assertThat(report.getValue().window().examples()).isEqualTo(2));
      harness.processWatermark1(new Watermark(1000));
      harness.processElement1(predictions(0, 1900), 0);
      harness.processWatermark1(new Watermark(2500));
      harness.processWatermark2(new Watermark(2500));
      assertThat(harness.extractOutputValues())
          .extracting(report -> report.window().examples())
          .containsExactly(2L, 2L);
    }
  }

  @Test
  void refusesToRunInParallel() throws Exception {
    try (Harness harness = new Harness(2)) {
      harness.setup(WireType.of(MetricsReport.class).serializer());

      assertThatThrownBy(harness::open).hasMessageContaining("parallelism is 2, must be 1");
    }
  }

  @Test
  void reportsTravelUnchanged() throws IOException {
    Metrics some = new Metrics(0, 60_000, 4, 1, 0.25, 0.5, Double.NaN, 0.9, 1.1);
    MetricsReport report = new MetricsReport(some, Metrics.NONE, 44, 1, 2);
    DataOutputSerializer out = new DataOutputSerializer(16);

    WireType.of(MetricsReport.class).serializer().serialize(report, out);

    DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
    assertThat(WireType.of(MetricsReport.class).serializer().deserialize(in)).isEqualTo(report);
    assertThat(in.available()).isZero();
  }

  private static Harness opened(OperatorSubtaskState state) throws Exception {
    Harness harness = new Harness(1);
    harness.setup(WireType.of(MetricsReport.class).serializer());
    if (state != null) {
      harness.initializeState(state);
    }
    harness.open();
    return harness;
  }

  private static ProgressiveValidation validation() {
    return new ProgressiveValidation(
        EvaluateSettings.DEFAULT.withWindow(Duration.ofSeconds(1)),
        MetricsSeries.PROGRESSIVE,
        AT_BARRIER);
  }

  private static Predictions predictions(float label, long... times) {
    return Written.predictions(label, 0.25f, times);
  }

  private static final class Harness
      extends OneInputStreamOperatorTestHarness<Predictions, MetricsReport> {

    Harness(int parallelism) throws Exception {
      super(validation(), parallelism, parallelism, 0);
    }
  }
}
