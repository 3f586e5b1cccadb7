package io.freshet.job.pipeline;

import static java.util.Objects.requireNonNull;

import io.freshet.config.ExampleSettings.Target;
import io.freshet.config.LearnerConfig;
import io.freshet.event.Click;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.feature.example.LabeledExample;
import io.freshet.job.backfill.Recorded;
import io.freshet.job.source.SourceRecord;
import io.freshet.model.batch.ExampleAttributes;
import io.freshet.train.InitialModel;
import io.freshet.train.LoopSettings;
import io.freshet.train.loop.TrainingLoop;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * The job's graph: from events to labels, predictions, parameters, metrics and snapshots.
 *
 * <p>Sources and sinks are arguments, so that a test runs the same graph on other streams.
 */
public final class LearnerTopology {
  private final LearnerConfig config;
  private final InitialModel start;
  private final EvaluationStage evaluation;
  private final PublicationStage publication;

  /**
   * @param start how the model begins where there is no state
   */
  public LearnerTopology(LearnerConfig config, InitialModel start) {
    this.config = requireNonNull(config, "config");
    this.start = requireNonNull(start, "start");
    evaluation = new EvaluationStage(config);
    publication = new PublicationStage(config, start);
  }

  /**
   * What comes in.
   *
   * @param clicks by topic; none where impressions say their labels
   * @param recorded what is learned before them
   * @param recordedUntil impressions up to this time are learned from it, epoch milliseconds
   */
  public record Events(
      DataStream<SourceRecord<EncodedImpression>> impressions,
      Map<String, DataStream<SourceRecord<Click>>> clicks,
      Optional<DataStream<Recorded>> recorded,
      long recordedUntil) {}

  /** Adds the whole graph. */
  public void build(Events sources, Results sinks) {
    var events = new EventStage(config, sources);
    var labels = events.labels(config);
    var loop = learn(events.learned(labels));
    var metrics = evaluation.progressive(loop.predictions(), events.texts(), labels);
    var atImpression = evaluation.atImpression(loop.predictions(), labels);
    var offsets = PublicationStage.offsets(events.offsets());
    var holds = PublicationStage.holds(labels.holds());
    publication.publish(
        publication.inputs(loop, metrics).union(offsets, holds), labels, sinks.announcements());

    var results = new ResultStage(sinks);
    results.deadLetters(events.deadLetters());
    if (!config.join().definition().isInline()) {
      results.lateClicks(events.live(labels.lateClicks(), Click::impressionId));
    }
    results.skipped(
        loop.skipped()
            .union(
                ResultStage.lost(
                    events.live(labels.lostExamples(), LabeledExample::impressionId))));
    results.examples(events.live(labels.examples(), LabeledExample::impressionId));
    results.predictions(loop.predictions(), config.name(), config.model().tasks());
    results.metrics(EvaluationStage.reports(metrics).union(atImpression));
  }

  /** Adds the part that learns, for examples that are labeled already. */
  public void learn(DataStream<LabeledExample> examples, Results sinks) {
    var loop = learn(examples);
    var metrics = evaluation.progressive(loop.predictions());
    publication.publish(publication.inputs(loop, metrics), sinks.announcements());

    var results = new ResultStage(sinks);
    results.skipped(loop.skipped());
    results.predictions(loop.predictions(), config.name(), config.model().tasks());
    results.metrics(EvaluationStage.reports(metrics));
  }

  private TrainingLoop learn(DataStream<LabeledExample> examples) {
    var attributes =
        new ExampleAttributes.Choice(
            evaluation.slices().keySet(), config.predictions().to() != Target.NOWHERE);
    return TrainingLoop.attach(
        examples,
        new LoopSettings(config.features(), config.model(), config.train(), attributes, start));
  }
}
