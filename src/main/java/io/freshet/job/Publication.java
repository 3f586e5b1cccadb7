package io.freshet.job;

import io.freshet.config.LearnerConfig;
import io.freshet.evaluate.Metrics;
import io.freshet.evaluate.MetricsReport;
import io.freshet.model.RowBlock;
import io.freshet.model.TableCounts;
import io.freshet.snapshot.Announcement;
import io.freshet.snapshot.Manifest;
import io.freshet.snapshot.NoticeSink;
import io.freshet.snapshot.SnapshotPublisher;
import io.freshet.snapshot.SnapshotWriter;
import io.freshet.train.Start;
import io.freshet.train.TrainingLoop;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * The part of the graph that publishes snapshots: who writes them, and what the publisher hears.
 */
final class Publication {
  private final LearnerConfig config;
  private final Start start;

  Publication(LearnerConfig config, Start start) {
    this.config = config;
    this.start = start;
  }

  /** What the loop and its metrics have to say at a barrier. */
  DataStream<Announcement> announcements(
      TrainingLoop loop, SingleOutputStreamOperator<MetricsReport> metrics) {
    return parts(loop.rows())
        .union(
            loop.dense().<Announcement>map(Announcement.Dense::new).returns(Announcement.TYPE),
            loop.counts().map(Publication::added).returns(Announcement.TYPE),
            metrics
                .getSideOutput(Evaluation.AT_BARRIER)
                .map(Publication::figures)
                .returns(Announcement.TYPE),
            metrics.map(Publication::window).returns(Announcement.TYPE));
  }

  /** How far a source has come. */
  static DataStream<Announcement> offsets(SingleOutputStreamOperator<?> router) {
    return router
        .getSideOutput(SourceRouter.OFFSETS)
        .map(Publication::offset)
        .returns(Announcement.TYPE);
  }

  /** When the join stops time, and why. */
  static DataStream<Announcement> holds(DataStream<String> holds) {
    return holds.<Announcement>map(Announcement.Withheld::new).returns(Announcement.TYPE);
  }

  private SingleOutputStreamOperator<Announcement> parts(DataStream<RowBlock> rows) {
    return rows.transform(
            "SnapshotWriter",
            Announcement.TYPE,
            new SnapshotWriter(
                config.snapshot(), config.model(), SnapshotWriter.DEFAULT_MAX_ROWS_HELD))
        .uid(Uids.SNAPSHOT_WRITER);
  }

  /** Adds the publisher. */
  void attach(DataStream<Announcement> announcements, NoticeSink.Factory notices) {
    SnapshotPublisher publisher =
        new SnapshotPublisher(
            config.snapshot(),
            config.name(),
            config.features(),
            config.model(),
            labels(),
            config.train().learning().table().zeroFields(),
            notices);
    announcements
        .transform(
            "SnapshotPublisher",
            Types.VOID,
            start.model().shape().map(publisher::startingFrom).orElse(publisher))
        .uid(Uids.SNAPSHOT_PUBLISHER)
        .setParallelism(1);
  }

  private Manifest.Labels labels() {
    return Manifest.Labels.of(config.join().definition().toText(), config.join().labels());
  }

  private static Announcement offset(SourceOffset offset) {
    return new Announcement.Offset(offset.topic(), offset.partition(), offset.nextOffset());
  }

  private static Announcement added(TableCounts counts) {
    return new Announcement.Added(counts.asMap());
  }

  private static Announcement window(MetricsReport report) {
    Metrics window = report.window();
    double weight = window.ctr() > 0 ? window.positives() / window.ctr() : window.examples();
    return new Announcement.Window(
        window.to(),
        window.examples(),
        weight,
        window.positives(),
        window.logloss(),
        window.calibration());
  }

  private static Announcement figures(MetricsReport report) {
    return new Announcement.Metrics(report.asMap());
  }
}
