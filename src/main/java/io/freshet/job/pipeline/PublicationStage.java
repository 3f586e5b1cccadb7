package io.freshet.job.pipeline;

import io.freshet.config.LearnerConfig;
import io.freshet.evaluate.report.Metrics;
import io.freshet.evaluate.report.MetricsReport;
import io.freshet.feature.history.Histories;
import io.freshet.job.source.SourceOffset;
import io.freshet.join.SentHistories;
import io.freshet.join.operator.TaskLabels;
import io.freshet.model.row.TableCounts;
import io.freshet.snapshot.announce.AnnouncementSink;
import io.freshet.snapshot.format.ManifestTemplate;
import io.freshet.snapshot.publish.SnapshotPublisher;
import io.freshet.snapshot.write.PublisherInput;
import io.freshet.train.InitialModel;
import io.freshet.train.SentTable;
import io.freshet.train.SkippedExample;
import io.freshet.train.loop.TrainingLoop;
import io.freshet.wire.WireType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * The part of the graph that publishes snapshots: their writer, and what the publisher receives.
 */
final class PublicationStage {
  private final LearnerConfig config;
  private final InitialModel start;

  PublicationStage(LearnerConfig config, InitialModel start) {
    this.config = config;
    this.start = start;
  }

  /** What the loop and its metrics tell the publisher at a barrier. */
  DataStream<PublisherInput> inputs(
      TrainingLoop loop, List<SingleOutputStreamOperator<MetricsReport>> metrics) {
    DataStream<PublisherInput> inputs = inputs(loop, metrics.get(0));
    for (SingleOutputStreamOperator<MetricsReport> further : metrics.subList(1, metrics.size())) {
      inputs =
          inputs.union(
              figures(further, PublicationStage::taskFigures),
              further.map(PublicationStage::taskWindow).returns(WireType.of(PublisherInput.class)));
    }
    return inputs;
  }

  private DataStream<PublisherInput> inputs(
      TrainingLoop loop, SingleOutputStreamOperator<MetricsReport> metrics) {
    return SnapshotParts.of(loop.rows(), config.snapshot(), config.model())
        .uid(Uids.SNAPSHOT_WRITER)
        .union(
            loop.dense()
                .<PublisherInput>map(PublisherInput.Dense::new)
                .returns(WireType.of(PublisherInput.class)),
            loop.gauge()
                .<PublisherInput>map(PublisherInput.Gauge::new)
                .returns(WireType.of(PublisherInput.class)),
            loop.skipped()
                .map(PublicationStage::skipped)
                .returns(WireType.of(PublisherInput.class)),
            loop.counts().map(PublicationStage::added).returns(WireType.of(PublisherInput.class)),
            loop.tables().map(PublicationStage::sent).returns(WireType.of(PublisherInput.class)),
            figures(metrics, PublicationStage::figures),
            metrics
                .<PublisherInput>map(PublicationStage::window)
                .returns(WireType.of(PublisherInput.class))
                .name(StateOwner.operatorName(config.name())));
  }

  private static DataStream<PublisherInput> figures(
      SingleOutputStreamOperator<MetricsReport> metrics,
      MapFunction<MetricsReport, PublisherInput> figures) {
    return metrics
        .getSideOutput(EvaluationStage.AT_BARRIER)
        .map(figures)
        .returns(WireType.of(PublisherInput.class));
  }

  /** How far the sources have come. */
  static DataStream<PublisherInput> offsets(DataStream<SourceOffset> offsets) {
    return offsets.map(PublicationStage::offset).returns(WireType.of(PublisherInput.class));
  }

  private DataStream<PublisherInput> histories(TaskLabels labels) {
    return SnapshotParts.ofHistories(labels.histories(), config.snapshot())
        .uid(Uids.HISTORY_WRITER)
        .union(
            labels
                .sentHistories()
                .map(PublicationStage::sent)
                .returns(WireType.of(PublisherInput.class)));
  }

  /** When the join stops time, and why. */
  static DataStream<PublisherInput> holds(DataStream<String> holds) {
    return holds
        .<PublisherInput>map(PublisherInput.Withheld::new)
        .returns(WireType.of(PublisherInput.class));
  }

  /** Adds the publisher, of a model without histories. */
  void publish(DataStream<PublisherInput> inputs, AnnouncementSink.Factory announcements) {
    publish(inputs, publisher(announcements));
  }

  /** Adds the publisher, which publishes also what the job keeps of users. */
  void publish(
      DataStream<PublisherInput> inputs,
      TaskLabels histories,
      AnnouncementSink.Factory announcements) {
    if (Histories.of(config.features()).isEmpty()) {
      publish(inputs, announcements);
    } else {
      publish(inputs.union(histories(histories)), publisher(announcements).withHistories());
    }
  }

  private SnapshotPublisher publisher(AnnouncementSink.Factory announcements) {
    SnapshotPublisher publisher =
        new SnapshotPublisher(
            config.snapshot(),
            ManifestTemplate.of(config.name(), config.features(), config.model())
                .withLabels(config.join().definition().toText(), config.join().labels())
                .withZeroFields(config.train().learning().table().zeroFields()),
            announcements);
    return start.model().shape().map(publisher::startingFrom).orElse(publisher);
  }

  private static void publish(DataStream<PublisherInput> inputs, SnapshotPublisher publisher) {
    inputs
        .transform("SnapshotPublisher", Types.VOID, publisher)
        .uid(Uids.SNAPSHOT_PUBLISHER)
        .setParallelism(1);
  }

  private static PublisherInput offset(SourceOffset offset) {
    return new PublisherInput.Offset(offset.topic(), offset.partition(), offset.nextOffset());
  }

  private static PublisherInput added(TableCounts counts) {
    return new PublisherInput.Added(counts.asMap());
  }

  private static PublisherInput sent(SentTable table) {
    return new PublisherInput.SentTable(table.lineage(), table.shard(), table.shards());
  }

  private static PublisherInput sent(SentHistories all) {
    return new PublisherInput.SentHistories(all.lineage(), all.subtask(), all.subtasks());
  }

  private static PublisherInput skipped(SkippedExample example) {
    return new PublisherInput.Added(Map.of("skipped", 1.0));
  }

  private static PublisherInput taskWindow(MetricsReport report) {
    return new PublisherInput.TaskWindow(report.task(), window(report));
  }

  private static PublisherInput.Window window(MetricsReport report) {
    Metrics window = report.window();
    double weight = window.ctr() > 0 ? window.positives() / window.ctr() : window.examples();
    return new PublisherInput.Window(
        window.to(),
        window.examples(),
        weight,
        window.positives(),
        window.logloss(),
        window.calibration());
  }

  private static PublisherInput figures(MetricsReport report) {
    return new PublisherInput.Metrics(report.asMap());
  }

  /** Those of a task in addition to the first, each by the task's name. */
  private static PublisherInput taskFigures(MetricsReport report) {
    Map<String, Double> figures = new HashMap<>();
    report.asMap().forEach((name, figure) -> figures.put(report.task() + "." + name, figure));
    return new PublisherInput.Metrics(figures);
  }
}
