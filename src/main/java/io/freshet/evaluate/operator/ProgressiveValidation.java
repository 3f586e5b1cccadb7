package io.freshet.evaluate.operator;

import static java.util.Objects.requireNonNull;

import io.freshet.evaluate.EvaluateSettings;
import io.freshet.evaluate.metric.WindowedMetrics;
import io.freshet.evaluate.report.MetricsReport;
import io.freshet.evaluate.report.MetricsSeries;
import io.freshet.model.batch.Predictions;
import io.freshet.wire.WireType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * {@link WindowedMetrics} as an operator of parallelism 1: a report for each window closed by the
 * watermark, all of them at the end of the input.
 *
 * <p>Before each barrier it also sends the report of that moment to a side output: for the snapshot
 * of the same checkpoint, whose examples are exactly those it has counted. Windows and totals are
 * kept in operator state. Flink's metrics show the latest report, each figure under its name in
 * {@link MetricsReport#asMap}. Reports of slices go to a side output of their own; they are named
 * by the texts of feature ids, which come as a second input where there are slices.
 *
 * <p><b>A task closes its windows by its own time.</b> The examples of all tasks are learned
 * together, and the watermark of their predictions waits for the slowest: for one whose topic is
 * silent, as long as its join waits. So a second input also brings the watermark of the labels that
 * are judged here. It runs ahead of what is predicted, but not at a barrier: before that, the
 * trainer has learned all that came before. A window that this watermark has passed closes then.
 */
public final class ProgressiveValidation extends AbstractStreamOperator<MetricsReport>
    implements OneInputStreamOperator<Predictions, MetricsReport>,
        TwoInputStreamOperator<Predictions, Map<Long, String>, MetricsReport> {
  private static final long serialVersionUID = 1L;

  /** Where the reports of slices go. */
  public static final OutputTag<MetricsReport> SLICES =
      new OutputTag<>("slices", WireType.of(MetricsReport.class));

  private final EvaluateSettings settings;
  private final HashMap<Integer, String> fields;
  private final MetricsSeries series;
  private final OutputTag<MetricsReport> atBarrier;
  private String task = "";

  private transient WindowedMetrics metrics;
  private transient long labeled; // up to when all labels are decided
  private transient boolean finished;
  private transient ListState<byte[]> state;
  private transient volatile MetricsReport latest; // read by the threads of Flink's metrics

  /** Validation without slices. */
  public ProgressiveValidation(
      EvaluateSettings settings, MetricsSeries series, OutputTag<MetricsReport> atBarrier) {
    this(settings, Map.of(), series, atBarrier);
  }

  /**
   * Validation with slices.
   *
   * @param fields names of the fields to slice by, by number
   * @param atBarrier where the report before each barrier goes
   */
  public ProgressiveValidation(
      EvaluateSettings settings,
      Map<Integer, String> fields,
      MetricsSeries series,
      OutputTag<MetricsReport> atBarrier) {
    this.settings = requireNonNull(settings, "settings");
    this.fields = new HashMap<>(fields);
    this.series = requireNonNull(series, "series");
    this.atBarrier = requireNonNull(atBarrier, "atBarrier");
  }

  /** Says which of several tasks the predictions are of. */
  public ProgressiveValidation of(String named) {
    task = requireNonNull(named, "named");
    return this;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    state =
        context
            .getOperatorStateStore()
            .getListState(
                new ListStateDescriptor<>("windows", BytePrimitiveArraySerializer.INSTANCE));
    List<byte[]> restored = new ArrayList<>();
    state.get().forEach(restored::add);
    if (restored.size() > 1) {
      throw new IllegalStateException(
          "progressive validation runs at parallelism 1, but its state comes in "
              + restored.size()
              + " parts");
    }
    labeled = Long.MIN_VALUE;
    metrics = restored.isEmpty() ? new WindowedMetrics(settings, fields) : read(restored.get(0));
    latest = report();
  }

  @Override
  public void open() throws Exception {
    super.open();
    int parallelism = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
    if (parallelism != 1) {
      throw new IllegalStateException(
          "progressive validation needs all predictions in one place: parallelism is "
              + parallelism
              + ", must be 1");
    }
    MetricGroup group = getMetricGroup().addGroup(group());
    for (String figure : MetricsReport.FIGURES) {
      group.gauge(figure, (Gauge<Double>) () -> latest.asMap().getOrDefault(figure, Double.NaN));
    }
  }

  @Override
  public void processElement(StreamRecord<Predictions> element) {
    metrics.add(element.getValue());
  }

  @Override
  public void processElement1(StreamRecord<Predictions> element) {
    processElement(element);
  }

  @Override
  public void processElement2(StreamRecord<Map<Long, String>> texts) {
    metrics.name(texts.getValue());
  }

  @Override
  public void processWatermark2(Watermark mark) throws Exception {
    labeled = mark.getTimestamp();
    super.processWatermark2(mark);
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    closeUntil(mark.getTimestamp());
    super.processWatermark(mark);
  }

  private void closeUntil(long time) {
    for (MetricsReport closed : metrics.advanceTo(time)) {
      StreamRecord<MetricsReport> report =
          new StreamRecord<>(closed.of(series, task), closed.window().to() - 1);
      if (closed.slice().isPresent()) {
        output.collect(SLICES, report);
      } else {
        output.collect(report);
        latest = report.getValue();
      }
    }
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    if (!finished) {
      closeUntil(labeled);
      emitReport();
    }
  }

  @Override
  public void finish() throws Exception {
    emitReport();
    finished = true; // what is sent later would be dropped without a word
    super.finish();
  }

  private void emitReport() {
    latest = report();
    output.collect(atBarrier, new StreamRecord<>(latest));
  }

  private MetricsReport report() {
    return metrics.report().of(series, task);
  }

  private String group() {
    return series == MetricsSeries.PROGRESSIVE ? "evaluate" : "evaluate-" + series.text();
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    metrics.write(new DataOutputStream(bytes));
    state.update(List.of(bytes.toByteArray()));
  }

  private WindowedMetrics read(byte[] bytes) throws Exception {
    return WindowedMetrics.read(
        new DataInputStream(new ByteArrayInputStream(bytes)), settings, fields);
  }
}
