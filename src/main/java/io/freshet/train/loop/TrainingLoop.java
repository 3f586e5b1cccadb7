package io.freshet.train.loop;

import io.freshet.feature.example.LabeledExample;
import io.freshet.model.batch.Predictions;
import io.freshet.model.dense.DenseBlock;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.model.row.RowBlock;
import io.freshet.model.row.TableCounts;
import io.freshet.train.LoopSettings;
import io.freshet.train.SentTable;
import io.freshet.train.SkippedExample;
import io.freshet.train.dense.DenseMerger;
import io.freshet.train.feedback.FeedbackTail;
import io.freshet.train.message.MergerRequest;
import io.freshet.train.message.ShardRequest;
import io.freshet.train.message.ShardResponse;
import io.freshet.train.table.EmbeddingShard;
import io.freshet.wire.WireType;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * The loop in a job's graph, and its outputs.
 *
 * @param predictions of every example, made before it is learned
 * @param skipped examples that were not learned, or not completely, as poison
 * @param rows changed rows, each from the shard that owns it, before each barrier at the latest
 * @param counts rows and occurrences that the table gained and lost, from each shard, before each
 *     barrier; nothing where rows are never lost
 * @param tables which shards have sent all rows, as the publisher asked, before a barrier
 * @param dense all slices of the dense part, before each barrier
 * @param gauge what snapshots hold of the gauge, before each barrier
 */
public record TrainingLoop(
    DataStream<Predictions> predictions,
    DataStream<SkippedExample> skipped,
    DataStream<RowBlock> rows,
    DataStream<TableCounts> counts,
    DataStream<SentTable> tables,
    DataStream<DenseBlock> dense,
    DataStream<PublishedGauge> gauge) {
  private static final String CO_LOCATION = "freshet-loop";

  /** Adds the loop's operators, at the environment's parallelism. */
  public static TrainingLoop attach(DataStream<LabeledExample> examples, LoopSettings settings) {
    return attach(examples, settings, Edges.PLAIN);
  }

  static TrainingLoop attach(
      DataStream<LabeledExample> examples, LoopSettings settings, Edges edges) {
    var trainer =
        loopOperator(
            edges
                .pass("examples", examples)
                .partitionCustom(Math::floorMod, example -> userOf(example))
                .transform("Trainer", WireType.of(Predictions.class), new Trainer(settings)),
            "trainer");
    var shard =
        loopOperator(
            edges
                .pass("lookups and deltas", trainer.getSideOutput(Trainer.SHARDS))
                .keyBy(ShardRequest::key, Types.LONG)
                .transform(
                    "EmbeddingShard",
                    WireType.of(ShardResponse.class),
                    new EmbeddingShard(settings, edges.direct())),
            "embedding-shard");
    var merger =
        loopOperator(
            edges
                .pass("dense deltas", trainer.getSideOutput(Trainer.MERGERS))
                .keyBy(MergerRequest::key, Types.INT)
                .transform(
                    "DenseMerger",
                    WireType.of(ShardResponse.class),
                    new DenseMerger(settings, edges.direct())),
            "dense-merger");
    var tail =
        edges
            .pass("rows", shard)
            .union(edges.pass("merged slices", merger))
            .partitionCustom((index, tails) -> index, response -> response.replyTo().trainer())
            .transform("FeedbackTail", Types.VOID, new FeedbackTail())
            .uid("feedback-tail")
            .disableChaining();
    trainer.getTransformation().setCoLocationGroupKey(CO_LOCATION);
    tail.getTransformation().setCoLocationGroupKey(CO_LOCATION);
    return new TrainingLoop(
        trainer,
        trainer.getSideOutput(Trainer.SKIPPED),
        shard.getSideOutput(EmbeddingShard.CHANGED_ROWS),
        shard.getSideOutput(EmbeddingShard.COUNTS),
        shard.getSideOutput(EmbeddingShard.SENT_TABLES),
        merger.getSideOutput(DenseMerger.WEIGHTS),
        merger.getSideOutput(DenseMerger.GAUGE));
  }

  private static int userOf(LabeledExample example) {
    return Long.hashCode(example.example().user()) & Integer.MAX_VALUE;
  }

  /** Hooks on the loop's edges, for tests that break them. */
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

    /** Whether messages between trainers and shards of a process bypass the edges. */
    boolean direct();
  }

  /** Never chained, so that emitted arrays may be reused; flushed message by message. */
  private static <T> SingleOutputStreamOperator<T> loopOperator(
      SingleOutputStreamOperator<T> operator, String uid) {
    return operator.uid(uid).disableChaining().setBufferTimeout(0);
  }
}
