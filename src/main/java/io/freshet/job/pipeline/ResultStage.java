package io.freshet.job.pipeline;

import static java.util.Objects.requireNonNull;

import io.freshet.evaluate.report.MetricsReport;
import io.freshet.event.Click;
import io.freshet.feature.example.LabeledExample;
import io.freshet.job.deadletter.DeadLetter;
import io.freshet.job.example.ExampleNumbers;
import io.freshet.job.example.NumberedExample;
import io.freshet.job.example.PredictedExample;
import io.freshet.model.Tasks;
import io.freshet.model.batch.Predictions;
import io.freshet.train.SkippedExample;
import io.freshet.wire.WireType;
import org.apache.flink.streaming.api.datastream.DataStream;

/** The part of the graph that writes results. */
final class ResultStage {
  private final Results results;

  ResultStage(Results results) {
    this.results = requireNonNull(results, "results");
  }

  void deadLetters(DataStream<DeadLetter> letters) {
    letters.sinkTo(results.deadLetters()).uid(Uids.DEAD_LETTERS).name("dead letters");
  }

  void lateClicks(DataStream<Click> clicks) {
    clicks.sinkTo(results.lateClicks()).uid(Uids.LATE_CLICKS).name("late clicks");
  }

  void skipped(DataStream<SkippedExample> skipped) {
    skipped.sinkTo(results.skipped()).uid(Uids.SKIPPED).name("skipped examples");
  }

  /** What became of examples whose clicks are lost. */
  static DataStream<SkippedExample> lost(DataStream<LabeledExample> examples) {
    return examples.map(ResultStage::lost).returns(WireType.of(SkippedExample.class));
  }

  private static SkippedExample lost(LabeledExample example) {
    return new SkippedExample(
        example, "its label cannot be known: the clicks of its time are lost");
  }

  /** Writes the examples at the parallelism of the join, which keeps their order. */
  void examples(DataStream<LabeledExample> examples) {
    int parallelism = examples.getParallelism();
    results
        .examples()
        .ifPresent(
            sink ->
                examples
                    .sinkTo(sink)
                    .uid(Uids.LIVE_EXAMPLES)
                    .name("examples")
                    .setParallelism(parallelism));
    results
        .records()
        .ifPresent(
            sink ->
                examples
                    .transform(
                        "ExampleNumbers", WireType.of(NumberedExample.class), new ExampleNumbers())
                    .uid(Uids.EXAMPLE_NUMBERS)
                    .setParallelism(parallelism)
                    .sinkTo(sink)
                    .uid(Uids.EXAMPLES)
                    .name("write examples")
                    .setParallelism(parallelism));
  }

  void predictions(DataStream<Predictions> predictions, String model, Tasks tasks) {
    results
        .predictions()
        .ifPresent(
            sink ->
                predictions
                    .flatMap(new PredictedExample.Of(model, tasks))
                    .returns(WireType.of(PredictedExample.class))
                    .sinkTo(sink)
                    .uid(Uids.PREDICTIONS)
                    .name("write predictions"));
  }

  void metrics(DataStream<MetricsReport> reports) {
    reports.sinkTo(results.metrics()).uid(Uids.METRICS).name("metrics").setParallelism(1);
  }
}
