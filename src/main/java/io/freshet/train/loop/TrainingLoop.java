package io.freshet.train.loop;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.ModelSettings;
import io.freshet.model.batch.ExampleAttributes;
import io.freshet.model.batch.Predictions;
import io.freshet.model.dense.DenseBlock;
import io.freshet.model.row.RowBlock;
import io.freshet.model.row.TableCounts;
import io.freshet.train.InitialModel;
import io.freshet.train.SkippedExample;
import io.freshet.train.TrainSettings;
import io.freshet.train.dense.DenseMerger;
import io.freshet.train.feedback.FeedbackTail;
import io.freshet.train.message.DenseDelta;
import io.freshet.train.message.LoopCodecs;
import io.freshet.train.message.MessageCodecs;
import io.freshet.train.message.ShardRequest;
import io.freshet.train.table.EmbeddingShard;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * The loop in a job's graph, and what comes out of it.
 *
 * @param predictions every example's, made before it was learned
 * @param skipped examples that were not learned, or not wholly, as poison
 * @param rows touched rows, each from the shard that owns it, ahead of each barrier at the latest
 * @param counts what the table gained and lost, from each shard, ahead of each barrier; nothing
 *     where rows are never lost
 * @param dense all slices of the deep part, ahead of each barrier
 */
public record TrainingLoop(
    DataStream<Predictions> predictions,
    DataStream<SkippedExample> skipped,
    DataStream<RowBlock> rows,
    DataStream<TableCounts> counts,
    DataStream<DenseBlock> dense) {
  private static final String CO_LOCATION = "freshet-loop";

  /** Adds the loop's operators, at the environment's parallelism. */
  public static TrainingLoop attach(
      DataStream<LabeledExample> examples,
      FeatureSchema schema,
      ModelSettings model,
      TrainSettings settings) {
    return attach(
        examples,
        schema,
        model,
        settings,
        ExampleAttributes.Choice.USERS,
        InitialModel.PLAIN,
        Edges.PLAIN);
  }

  /**
   * A loop whose predictions tell more of their examples.
   *
   * @param start how its parameters begin
   */
  public static TrainingLoop attach(
      DataStream<LabeledExample> examples,
      FeatureSchema schema,
      ModelSettings model,
      TrainSettings settings,
      ExampleAttributes.Choice traits,
      InitialModel start) {
    return attach(examples, schema, model, settings, traits, start, Edges.PLAIN);
  }

  static TrainingLoop attach(
      DataStream<LabeledExample> examples,
      FeatureSchema schema,
      ModelSettings model,
      TrainSettings settings,
      Edges edges) {
    return attach(
        examples,
        schema,
        model,
        settings,
        ExampleAttributes.Choice.USERS,
        InitialModel.PLAIN,
        edges);
  }

  private static TrainingLoop attach(
      DataStream<LabeledExample> examples,
      FeatureSchema schema,
      ModelSettings model,
      TrainSettings settings,
      ExampleAttributes.Choice traits,
      InitialModel start,
      Edges edges) {
    var trainer =
        loopOperator(
            edges
                .pass("examples", examples)
                .partitionCustom(Math::floorMod, example -> userOf(example))
                .transform(
                    "Trainer",
                    MessageCodecs.PREDICTIONS,
                    new Trainer(schema, model, settings, traits)),
            "trainer");
    var shard =
        loopOperator(
            edges
                .pass("lookups and deltas", trainer.getSideOutput(Trainer.SHARDS))
                .keyBy(ShardRequest::key, Types.LONG)
                .transform(
                    "EmbeddingShard",
                    LoopCodecs.ANSWER,
                    new EmbeddingShard(schema, model, settings, edges.direct(), start)),
            "embedding-shard");
    var merger =
        loopOperator(
            edges
                .pass("dense deltas", trainer.getSideOutput(Trainer.MERGERS))
                .keyBy(DenseDelta::key, Types.INT)
                .transform(
                    "DenseMerger",
                    LoopCodecs.ANSWER,
                    new DenseMerger(schema, model, settings, edges.direct(), start)),
            "dense-merger");
    var tail =
        edges
            .pass("rows", shard)
            .union(edges.pass("merged slices", merger))
            .partitionCustom((index, tails) -> index, answer -> answer.replyTo().trainer())
            .transform("FeedbackTail", Types.VOID, new FeedbackTail())
            .uid("feedback-tail")
            .disableChaining();
    trainer.getTransformation().setCoLocationGroupKey(CO_LOCATION);
    tail.getTransformation().setCoLocationGroupKey(CO_LOCATION);
    return new TrainingLoop(
        trainer,
        trainer.getSideOutput(Trainer.SKIPPED),
        shard.getSideOutput(EmbeddingShard.TOUCHED),
        shard.getSideOutput(EmbeddingShard.COUNTS),
        merger.getSideOutput(DenseMerger.FINISHED));
  }

  private static int userOf(LabeledExample example) {
    return Long.hashCode(example.example().user()) & Integer.MAX_VALUE;
  }

  /** What stands on the loop's edges: nothing, but in tests that break them. */
  interface Edges {
    Edges PLAIN =
        new Edges() {
          @Override
          public <T> DataStream<T> pass(String edge, DataStream<T> stream) {
            return stream;
          }

          @Override
          public boolean direct() {
            return true;
          }
        };

    <T> DataStream<T> pass(String edge, DataStream<T> stream);

    /** Whether answers within a process pass the edges by. */
    boolean direct();
  }

  /** Never chained, so that what was collected may be reused; flushed message by message. */
  private static <T> SingleOutputStreamOperator<T> loopOperator(
      SingleOutputStreamOperator<T> operator, String uid) {
    return operator.uid(uid).disableChaining().setBufferTimeout(0);
  }
}
