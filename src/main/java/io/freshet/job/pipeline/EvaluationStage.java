package io.freshet.job.pipeline;

import io.freshet.config.LearnerConfig;
import io.freshet.evaluate.operator.AtImpression;
import io.freshet.evaluate.operator.ImpressionScores;
import io.freshet.evaluate.operator.ProgressiveValidation;
import io.freshet.evaluate.report.MetricsReport;
import io.freshet.evaluate.report.MetricsSeries;
import io.freshet.job.source.SourceRouter;
import io.freshet.join.FinalLabel;
import io.freshet.join.operator.TaskLabels;
import io.freshet.model.Tasks;
import io.freshet.model.batch.Predictions;
import io.freshet.wire.WireType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** The part of the graph that holds predictions against labels. */
final class EvaluationStage {
  /** Metrics as they are at a checkpoint, for the snapshot of it. */
  static final OutputTag<MetricsReport> AT_BARRIER =
      new OutputTag<>("metrics-at-barrier", WireType.of(MetricsReport.class));

  private final LearnerConfig config;

  EvaluationStage(LearnerConfig config) {
    this.config = config;
  }

  /** Names of the fields to slice by, by number. */
  Map<Integer, String> slices() {
    Map<Integer, String> slices = new HashMap<>();
    for (String name : config.evaluate().slices()) {
      slices.put(config.features().field(name).orElseThrow().number(), name);
    }
    return slices;
  }

  /** Each example as it is learned, by task. */
  List<SingleOutputStreamOperator<MetricsReport>> progressive(DataStream<Predictions> predictions) {
    return progressive(predictions, task -> Optional.empty());
  }

  /**
   * Each example as it is learned, by task and in the slices that the texts of feature ids name.
   *
   * @param labels what was learned, by whose time the windows of a task close
   */
  List<SingleOutputStreamOperator<MetricsReport>> progressive(
      DataStream<Predictions> predictions, DataStream<Map<Long, String>> texts, TaskLabels labels) {
    return progressive(
        predictions,
        task -> {
          var time = labels.time(task, texts.getType());
          return slices().isEmpty()
              ? Optional.of(time).filter(own -> tasks().areSeveral())
              : Optional.of(texts.union(time));
        });
  }

  private List<SingleOutputStreamOperator<MetricsReport>> progressive(
      DataStream<Predictions> predictions,
      IntFunction<Optional<DataStream<Map<Long, String>>>> textsAndTime) {
    List<SingleOutputStreamOperator<MetricsReport>> all = new ArrayList<>();
    for (int t = 0; t < tasks().size(); t++) {
      int task = t;
      DataStream<Predictions> its =
          tasks().areSeveral()
              ? predictions.filter(each -> each.traits().task() == task)
              : predictions;
      var validation =
          new ProgressiveValidation(
              config.evaluate(), slices(), MetricsSeries.PROGRESSIVE, AT_BARRIER);
      all.add(
          validated(
              its,
              textsAndTime.apply(task),
              tasks().nameBehind("ProgressiveValidation", task),
              validation.of(tasks().name(task)),
              tasks().nameBehind(Uids.PROGRESSIVE_VALIDATION, task)));
    }
    return all;
  }

  private static SingleOutputStreamOperator<MetricsReport> validated(
      DataStream<Predictions> predictions,
      Optional<DataStream<Map<Long, String>>> textsAndTime,
      String name,
      ProgressiveValidation validation,
      String uid) {
    var type = WireType.of(MetricsReport.class);
    return textsAndTime
        .map(second -> predictions.connect(second).transform(name, type, validation))
        .orElseGet(() -> predictions.transform(name, type, validation))
        .uid(uid)
        .setParallelism(1);
  }

  /** The reports of validation, those of slices too. */
  static DataStream<MetricsReport> reports(List<SingleOutputStreamOperator<MetricsReport>> of) {
    return of.stream()
        .map(metrics -> metrics.union(metrics.getSideOutput(ProgressiveValidation.SLICES)))
        .reduce(DataStream::union)
        .orElseThrow();
  }

  /** Each impression at the time it was shown, whatever the policy of labels. */
  SingleOutputStreamOperator<MetricsReport> atImpression(
      DataStream<Predictions> predictions, TaskLabels labels) {
    var scores =
        predictions
            .flatMap(EvaluationStage::scores)
            .returns(WireType.of(AtImpression.class))
            .union(
                labels
                    .finalLabels()
                    .map(EvaluationStage::labeled)
                    .returns(WireType.of(AtImpression.class)))
            .keyBy(AtImpression::key, Types.LONG)
            .transform("ImpressionScores", WireType.of(Predictions.class), new ImpressionScores())
            .uid(Uids.IMPRESSION_SCORES);
    var validation =
        new ProgressiveValidation(config.evaluate(), MetricsSeries.AT_IMPRESSION, AT_BARRIER);
    return validated(
        scores,
        Optional.of(labels.time(0, SourceRouter.NAMES.getTypeInfo()))
            .filter(own -> tasks().areSeveral()),
        "ImpressionValidation",
        validation.of(tasks().name(0)),
        Uids.IMPRESSION_VALIDATION);
  }

  private Tasks tasks() {
    return config.model().tasks();
  }

  private static void scores(Predictions predictions, Collector<AtImpression> out) {
    for (int i = 0; i < predictions.scoredKeys().length; i++) {
      out.collect(new AtImpression.Predicted(predictions.scoredKeys()[i], predictions.scores()[i]));
    }
  }

  private static AtImpression labeled(FinalLabel label) {
    return new AtImpression.Labeled(label.key(), label.time(), label.label(), label.weight());
  }
}
