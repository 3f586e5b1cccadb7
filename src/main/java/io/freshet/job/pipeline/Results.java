package io.freshet.job.pipeline;

import io.freshet.evaluate.report.MetricsReport;
import io.freshet.event.Click;
import io.freshet.feature.example.LabeledExample;
import io.freshet.job.deadletter.DeadLetter;
import io.freshet.job.example.NumberedExample;
import io.freshet.job.example.PredictedExample;
import io.freshet.snapshot.announce.AnnouncementSink;
import io.freshet.train.SkippedExample;
import java.util.Optional;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * Where the results of a {@link LearnerTopology} go.
 *
 * @param deadLetters records that are no events
 * @param skipped examples that were not learned, or only in part: as poison, or because their
 *     clicks are lost
 * @param lateClicks clicks that change no label
 * @param metrics reports of progressive validation
 * @param announcements where published snapshots are announced
 * @param examples the labeled examples in the order in which a single trainer learns them, for
 *     another learner
 * @param records the same, numbered, to be kept
 * @param predictions what was predicted of each example before it was learned
 */
public record Results(
    Sink<DeadLetter> deadLetters,
    Sink<SkippedExample> skipped,
    Sink<Click> lateClicks,
    Sink<MetricsReport> metrics,
    AnnouncementSink.Factory announcements,
    Optional<Sink<LabeledExample>> examples,
    Optional<Sink<NumberedExample>> records,
    Optional<Sink<PredictedExample>> predictions) {

  /** Results that go nowhere, except the metrics and, if given, the predictions. */
  public static Results only(
      Sink<MetricsReport> metrics, Optional<Sink<PredictedExample>> predictions) {
    return new Results(
        new DiscardingSink<>(),
        new DiscardingSink<>(),
        new DiscardingSink<>(),
        metrics,
        AnnouncementSink.none(),
        Optional.empty(),
        Optional.empty(),
        predictions);
  }
}
