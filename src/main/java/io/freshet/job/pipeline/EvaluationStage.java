package io.freshet.job.pipeline;

import io.freshet.config.LearnerConfig;
import io.freshet.evaluate.operator.AtImpression;
import io.freshet.evaluate.operator.ImpressionScores;
import io.freshet.evaluate.operator.ProgressiveValidation;
import io.freshet.evaluate.report.MetricsReport;
import io.freshet.evaluate.report.MetricsSeries;
import io.freshet.join.FinalLabel;
import io.freshet.model.Tasks;
import io.freshet.model.batch.Predictions;
import io.freshet.wire.WireType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

  private static final String NAME = "ProgressiveValidation";

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
    return ofTasks(predictions, this::unsliced);
  }

  /** The same with slices, which the texts of feature ids name. */
  List<SingleOutputStreamOperator<MetricsReport>> progressive(
      DataStream<Predictions> predictions, DataStream<Map<Long, String>> texts) {
    return slices().isEmpty()
        ? progressive(predictions)
        : ofTasks(
            predictions,
            (its, task) ->
                its.connect(texts)
                    .transform(name(task), WireType.of(MetricsReport.class), validation(task)));
  }

  /** Adds the validation of a task's predictions. */
  private interface Validation {
    SingleOutputStreamOperator<MetricsReport> of(DataStream<Predictions> predictions, int task);
  }

  private List<SingleOutputStreamOperator<MetricsReport>> ofTasks(
      DataStream<Predictions> predictions, Validation validation) {
    Tasks tasks = config.model().tasks();
    List<SingleOutputStreamOperator<MetricsReport>> all = new ArrayList<>();
    for (int t = 0; t < tasks.size(); t++) {
      int task = t;
      DataStream<Predictions> its =
          tasks.areSeveral()
              ? predictions.filter(each -> each.traits().task() == task)
              : predictions;
      String uid = tasks.nameBehind(Uids.PROGRESSIVE_VALIDATION, task);
      all.add(validation.of(its, task).uid(uid).setParallelism(1));
    }
    return all;
  }

  /** The reports of validation, those of slices too. */
  static DataStream<MetricsReport> reports(List<SingleOutputStreamOperator<MetricsReport>> of) {
    return of.stream()
        .map(metrics -> metrics.union(metrics.getSideOutput(ProgressiveValidation.SLICES)))
        .reduce(DataStream::union)
        .orElseThrow();
  }

  private SingleOutputStreamOperator<MetricsReport> unsliced(
      DataStream<Predictions> predictions, int task) {
    return predictions.transform(name(task), WireType.of(MetricsReport.class), validation(task));
  }

  private String name(int task) {
    return config.model().tasks().nameBehind(NAME, task);
  }

  private ProgressiveValidation validation(int task) {
    return new ProgressiveValidation(
            config.evaluate(), slices(), MetricsSeries.PROGRESSIVE, AT_BARRIER)
        .of(config.model().tasks().name(task));
  }

  /** Each impression at the time it was shown, whatever the policy of labels. */
  SingleOutputStreamOperator<MetricsReport> atImpression(
      DataStream<Predictions> predictions, DataStream<FinalLabel> finalLabels) {
    return predictions
        .flatMap(EvaluationStage::scores)
        .returns(WireType.of(AtImpression.class))
        .union(finalLabels.map(EvaluationStage::labeled).returns(WireType.of(AtImpression.class)))
        .keyBy(AtImpression::key, Types.LONG)
        .transform("ImpressionScores", WireType.of(Predictions.class), new ImpressionScores())
        .uid(Uids.IMPRESSION_SCORES)
        .transform(
            "ImpressionValidation",
            WireType.of(MetricsReport.class),
            new ProgressiveValidation(config.evaluate(), MetricsSeries.AT_IMPRESSION, AT_BARRIER)
                .of(config.model().tasks().name(0)))
        .uid(Uids.IMPRESSION_VALIDATION)
        .setParallelism(1);
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
