package io.freshet.train.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.Fids;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.ModelSettings;
import io.freshet.train.InitialModel;
import io.freshet.train.Reset;
import io.freshet.train.TrainSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.metrics.Gauge;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A part of the model that is ruined, and then starts again. */
@Timeout(180)
class ResetITCase {
  @RegisterExtension private static final LoopCluster CLUSTER = new LoopCluster();

  private static final int EXAMPLES = 20_000;
  private static final Duration INTERVAL = Duration.ofMillis(50);
  private static final ModelSettings MODEL = ModelSettings.deepFm(4, List.of(16, 8), 0, 42);
  private static final TrainSettings SETTINGS =
      TrainSettings.DEFAULT.withBatchSize(64).withCacheRows(1 << 16);

  @TempDir private Path folder;

  @Test
  void aRuinedNetworkLeavesPredictionsToFirstOrderUntilItStartsAgain() throws Exception {
    LoopRun run = run().examplesAs(ResetITCase::byUser);
    String sound = stopAfter(run, 6_000);
    assertThat(weight(run, "model")).isGreaterThan(0.9);
    assertThat(run.logloss(4_000, 6_000)).isLessThan(0.4);

    run.with(StateRecoveryOptions.SAVEPOINT_PATH, sound).ruining(true);
    String ruined = stopAfter(run, 12_000);
    assertThat(run.broke).as("the network was ruined").isTrue();
    assertThat(run.logloss(7_000, 12_000)).as("chance is .693").isLessThan(0.6);
    assertThat(weight(run, "model")).isLessThan(0.1);
    assertThat(weight(run, "first_order")).isGreaterThan(0.9);

    run.with(StateRecoveryOptions.SAVEPOINT_PATH, ruined).ruining(false);
    run.from(InitialModel.PLAIN.resetting(reset(ruined, "dense"))).execute();

    assertThat(run.logloss(18_000, EXAMPLES)).isLessThan(0.4);
    assertThat(weight(run, "model")).isGreaterThan(0.9);
    assertThat(run.updates).containsEntry(Fids.BIAS, (long) EXAMPLES);
  }

  @Test
  void theRowsOfAFieldStartAgainAndAllOthersGoOnEvenThroughAFailure() throws Exception {
    LoopRun run = run();
    String before = stopAfter(run, 4_000);
    StateDump dump = StateDump.of(before, "hashmap", CLUSTER);
    long items = updates(dump, 2);

    run.with(StateRecoveryOptions.SAVEPOINT_PATH, before)
        .from(InitialModel.PLAIN.resetting(reset(before, "field:item")))
        .breaking("rows", 10)
        .execute();

    assertThat(run.broke).as("the edge broke").isTrue();
    assertThat(items).isPositive();
    assertThat(run.updates).containsEntry(Fids.BIAS, (long) EXAMPLES);
    assertThat(updates(run, 1)).isEqualTo(EXAMPLES);
    assertThat(updates(run, 2)).isEqualTo(EXAMPLES - items);
  }

  @Test
  void theWholeTableStartsAgain() throws Exception {
    LoopRun run = run();
    String before = stopAfter(run, 4_000);
    long learned = StateDump.of(before, "hashmap", CLUSTER).rows().get(Fids.BIAS).counts().get(0);

    run.with(StateRecoveryOptions.SAVEPOINT_PATH, before)
        .from(InitialModel.PLAIN.resetting(reset(before, "embeddings")))
        .execute();

    assertThat(run.updates).containsEntry(Fids.BIAS, EXAMPLES - learned);
    assertThat(run.dense.values()).allMatch(block -> block.examples() == EXAMPLES);
    double positives =
        SyntheticExamples.examples(29, EXAMPLES).stream().filter(e -> e.label() == 1).count();
    assertThat(run.gauge.offset())
        .as("the base rate went on")
        .isEqualTo(Math.log((positives + 0.1) / (EXAMPLES - positives + 0.9)));
  }

  private static long updates(StateDump dump, int field) {
    return dump.rows().entrySet().stream()
        .filter(row -> Fids.field(row.getKey()) == field)
        .mapToLong(row -> row.getValue().counts().get(0))
        .sum();
  }

  private static long updates(LoopRun run, int field) {
    return run.updates.entrySet().stream()
        .filter(row -> Fids.field(row.getKey()) == field)
        .mapToLong(row -> row.getValue())
        .sum();
  }

  private static Reset reset(String state, String part) {
    return Reset.of(state, List.of(part), SyntheticExamples.SCHEMA, MODEL);
  }

  private String stopAfter(LoopRun run, int examples) throws Exception {
    return run.stopAfter(examples, folder, SavepointFormatType.CANONICAL);
  }

  /** The example with a label that its user decides mostly, so that first order knows it. */
  private static LabeledExample byUser(LabeledExample example) {
    SplittableRandom random = new SplittableRandom(example.time());
    boolean likes = Long.hashCode(example.example().user() * 0x9E3779B97F4A7C15L) % 2 == 0;
    float label = random.nextDouble() < (likes ? 0.9 : 0.1) ? 1 : 0;
    return new LabeledExample(example.impressionId(), example.time(), label, 1, example.example());
  }

  /** The weight of experts as of the last job. */
  private static double weight(LoopRun run, String experts) {
    List<Double> weights =
        CLUSTER.metrics.findMetrics(run.lastJob, "expert_weight_" + experts).values().stream()
            .map(metric -> (Double) ((Gauge<?>) metric).getValue())
            .toList();
    return weights.get(weights.size() - 1);
  }

  private static LoopRun run() {
    return new LoopRun(29, EXAMPLES, MODEL, SETTINGS)
        .in(CLUSTER)
        .slowly()
        .parallelism(2)
        .checkpoints(INTERVAL, "hashmap");
  }
}
