package io.freshet.job.pipeline;

import io.freshet.config.ExampleSettings.Target;
import io.freshet.config.LearnerConfig;
import io.freshet.evaluate.operator.ProgressiveValidation;
import io.freshet.evaluate.report.MetricsReport;
import io.freshet.event.Click;
import io.freshet.feature.EncodedImpression;
import io.freshet.feature.example.LabeledExample;
import io.freshet.job.backfill.BackfillSource;
import io.freshet.job.example.ExampleNumbers;
import io.freshet.job.example.NumberedExample;
import io.freshet.job.example.NumberedExampleCodec;
import io.freshet.job.example.PredictedExample;
import io.freshet.job.example.PredictedExampleCodec;
import io.freshet.job.source.DeadLetter;
import io.freshet.job.source.SourceRecord;
import io.freshet.job.source.SourceRouter;
import io.freshet.join.operator.ClickCodec;
import io.freshet.join.operator.EncodedImpressionCodec;
import io.freshet.join.operator.LabelStreams;
import io.freshet.model.batch.ExampleAttributes;
import io.freshet.model.batch.Predictions;
import io.freshet.snapshot.announce.AnnouncementSink;
import io.freshet.train.InitialModel;
import io.freshet.train.LoopSettings;
import io.freshet.train.SkippedExample;
import io.freshet.train.WarmStart;
import io.freshet.train.loop.TrainingLoop;
import io.freshet.train.message.MessageCodecs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * The job's graph: events in; labels, predictions, parameters, metrics and snapshots through it.
 *
 * <p>Sources and sinks are arguments, so that a test runs the same graph on what it likes.
 */
public final class LearnerTopology {
  private final LearnerConfig config;
  private final InitialModel start;
  private final EvaluationStage evaluation;
  private final PublicationStage publication;

  public LearnerTopology(LearnerConfig config) {
    this(config, InitialModel.PLAIN);
  }

  /**
   * A graph whose model starts from another.
   *
   * @param warm where there is no state
   */
  public LearnerTopology(LearnerConfig config, WarmStart warm) {
    this(config, InitialModel.PLAIN.from(warm));
  }

  /** A graph whose model begins as told. */
  public LearnerTopology(LearnerConfig config, InitialModel start) {
    this.config = config;
    this.start = start;
    evaluation = new EvaluationStage(config);
    publication = new PublicationStage(config, start);
  }

  /**
   * What comes in.
   *
   * @param clicks by the topic that they come from
   * @param history what comes ahead of the impressions
   */
  public record Events(
      DataStream<SourceRecord<EncodedImpression>> impressions,
      Map<String, DataStream<SourceRecord<Click>>> clicks,
      Optional<BackfillSource> history) {

    /** Events without a history. */
    public Events(
        DataStream<SourceRecord<EncodedImpression>> impressions,
        Map<String, DataStream<SourceRecord<Click>>> clicks) {
      this(impressions, clicks, Optional.empty());
    }
  }

  /**
   * Where results go.
   *
   * @param skipped examples that were not learned, or not wholly: as poison, or because their
   *     clicks are lost
   * @param notices where publications of snapshots are announced
   * @param examples the labelled examples in the order they are learned by a single trainer; for
   *     whoever wants to learn from them too
   * @param records the same, numbered, to be kept
   * @param predictions what was predicted of each example before it was learned
   */
  public record Results(
      Sink<DeadLetter> deadLetters,
      Sink<SkippedExample> skipped,
      Sink<Click> lateClicks,
      Sink<MetricsReport> metrics,
      AnnouncementSink.Factory notices,
      Optional<Sink<LabeledExample>> examples,
      Optional<Sink<NumberedExample>> records,
      Optional<Sink<PredictedExample>> predictions) {}

  /** Adds the whole graph. */
  public void build(Events events, Results results) {
    var topics = config.kafka().topics();
    var impressions =
        SourceRouter.behind(
                events.impressions(),
                topics.impressions(),
                EncodedImpressionCodec.TYPE,
                events.history().map(BackfillSource::until).orElse(SourceRouter.NEVER))
            .uid(Uids.IMPRESSIONS);
    var clicks = clicks(events);
    var labels = LabelStreams.join(impressions, union(clicks), config.join());
    var examples =
        labels.examples().uid(Uids.LABEL_JOIN).setParallelism(parallelism(impressions, clicks));
    var loop =
        loop(
            events.history().isPresent()
                ? examples.union(impressions.getSideOutput(SourceRouter.PAST))
                : examples);
    var metrics = evaluation.progressive(loop.predictions(), names(impressions));
    var impressionMetrics = evaluation.atImpression(loop.predictions(), labels.finalLabels());

    publication.attach(
        publication
            .announcements(loop, metrics)
            .union(
                PublicationStage.offsets(impressions),
                union(clicks.stream().map(PublicationStage::offsets).toList()),
                PublicationStage.holds(labels.holds())),
        results.notices());

    impressions
        .getSideOutput(SourceRouter.DEAD_LETTERS)
        .union(union(clicks.stream().map(c -> c.getSideOutput(SourceRouter.DEAD_LETTERS)).toList()))
        .sinkTo(results.deadLetters())
        .uid(Uids.DEAD_LETTERS)
        .name("dead letters");
    skipped(
        loop.skipped()
            .union(
                labels
                    .lostExamples()
                    .map(LearnerTopology::lost)
                    .returns(MessageCodecs.SKIPPED_EXAMPLE)),
        results);
    labels.lateClicks().sinkTo(results.lateClicks()).uid(Uids.LATE_CLICKS).name("late clicks");
    results
        .examples()
        .ifPresent(
            sink ->
                examples
                    .sinkTo(sink)
                    .name("examples")
                    .setParallelism(examples.getParallelism())); // in their order
    results.records().ifPresent(sink -> write(examples, sink));
    results.predictions().ifPresent(sink -> write(loop, sink));
    report(
        metrics.union(impressionMetrics, metrics.getSideOutput(ProgressiveValidation.SLICES)),
        results);
  }

  /** Adds what learns, for examples that were labelled before. */
  public void learn(DataStream<LabeledExample> examples, Results results) {
    var loop = loop(examples);
    var metrics = evaluation.progressive(loop.predictions(), Optional.empty());
    publication.attach(publication.announcements(loop, metrics), results.notices());
    skipped(loop.skipped(), results);
    results.predictions().ifPresent(sink -> write(loop, sink));
    report(metrics.union(metrics.getSideOutput(ProgressiveValidation.SLICES)), results);
  }

  private static void write(
      SingleOutputStreamOperator<LabeledExample> examples, Sink<NumberedExample> sink) {
    examples
        .transform("ExampleNumbers", NumberedExampleCodec.TYPE, new ExampleNumbers())
        .uid(Uids.EXAMPLE_NUMBERS)
        .setParallelism(examples.getParallelism())
        .sinkTo(sink)
        .uid(Uids.EXAMPLES)
        .name("write examples")
        .setParallelism(examples.getParallelism());
  }

  private void write(TrainingLoop loop, Sink<PredictedExample> sink) {
    loop.predictions()
        .flatMap(new PredictedExample.Of(config.name()))
        .returns(PredictedExampleCodec.TYPE)
        .sinkTo(sink)
        .uid(Uids.PREDICTIONS)
        .name("write predictions");
  }

  private static void skipped(DataStream<SkippedExample> skipped, Results results) {
    skipped
        .sinkTo(results.skipped())
        .uid(Uids.SKIPPED)
        .name("skipped examples")
        .setParallelism(1); // few, if any
  }

  private static void report(DataStream<MetricsReport> metrics, Results results) {
    metrics.sinkTo(results.metrics()).uid(Uids.METRICS).name("metrics").setParallelism(1);
  }

  private List<SingleOutputStreamOperator<Click>> clicks(Events events) {
    var topics = config.kafka().topics();
    List<SingleOutputStreamOperator<Click>> clicks = new ArrayList<>();
    events
        .clicks()
        .forEach(
            (topic, stream) ->
                clicks.add(
                    SourceRouter.behind(stream, topic, ClickCodec.TYPE)
                        .uid(Uids.ofTopic(Uids.CLICKS, topic, topics))));
    return clicks;
  }

  private static int parallelism(
      DataStream<EncodedImpression> impressions, List<? extends DataStream<Click>> clicks) {
    int most = impressions.getParallelism();
    for (DataStream<Click> stream : clicks) {
      most = Math.max(most, stream.getParallelism());
    }
    return most;
  }

  private static <T> DataStream<T> union(List<? extends DataStream<T>> streams) {
    DataStream<T> all = streams.get(0);
    for (DataStream<T> stream : streams.subList(1, streams.size())) {
      all = all.union(stream);
    }
    return all;
  }

  private TrainingLoop loop(DataStream<LabeledExample> examples) {
    ExampleAttributes.Choice traits =
        new ExampleAttributes.Choice(
            evaluation.slices().keySet(), config.predictions().to() != Target.NOWHERE);
    return TrainingLoop.attach(
        examples,
        new LoopSettings(config.features(), config.model(), config.train(), traits, start));
  }

  /** Texts of feature ids, where there are figures by them. */
  private Optional<DataStream<Predictions>> names(SingleOutputStreamOperator<?> impressions) {
    return config.evaluate().slices().isEmpty()
        ? Optional.empty()
        : Optional.of(impressions.getSideOutput(SourceRouter.NAMES));
  }

  private static SkippedExample lost(LabeledExample example) {
    return new SkippedExample(
        example, "its label cannot be known: the clicks of its time are lost");
  }
}
