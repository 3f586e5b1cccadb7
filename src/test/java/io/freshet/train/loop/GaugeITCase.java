package io.freshet.train.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.Fids;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.gauge.NumberScale;
import io.freshet.train.TrainSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the loop measures of its stream: to the last bit what the single-thread learner measures,
 * and every example once, whatever happens to the job.
 */
@Timeout(180)
class GaugeITCase {
  @RegisterExtension private static final LoopCluster CLUSTER = new LoopCluster();

  private static final int HALVED = 26_000; // more than any sum's capacity
  private static final int EXAMPLES = 6_000;
  private static final int BATCH = 64;
  private static final Duration NEVER = Duration.ofHours(1);
  private static final Duration OFTEN = Duration.ofMillis(20);
  private static final ModelSettings MODEL = ModelSettings.deepFm(4, List.of(16, 8), 0, 42);

  // of the block: the fields' sums, the base rate, and those of the mixture
  private static final int PRICES = 0;
  private static final int AGES = 13;
  private static final int PHOTOS = 26;
  private static final int LEARNED = PHOTOS + 3 * SyntheticExamples.PHOTO;
  private static final int POSITIVES = LEARNED + 1;
  private static final int MIXED = POSITIVES + 2;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void oneTrainerMeasuresWhatTheLocalLearnerMeasures(int inFlight) throws Exception {
    LocalModel local = local();
    local.learn(examples(0, HALVED), BATCH);

    LoopRun job = run(HALVED, inFlight).execute();

    assertSame(job, local);
    assertThat(job.rows.keySet()).contains(Fids.number(4), Fids.knot(4, 3), Fids.knot(5, 4));
    assertThat(job.rows.keySet()).contains(Fids.component(6, 0), Fids.component(6, 3));
    assertThat(job.gauge.numbers())
        .extracting(NumberScale::unit)
        .containsExactly(1.0, 0.0, 0.0, 0.0, 0.0, 0.0);
  }

  @Test
  void stoppedAndStartedAgainItMeasuresOnAsTheLocalLearner() throws Exception {
    LoopRun job = run(HALVED, 2).slowly().checkpoints(NEVER, "rocksdb");

    String first = job.stopAfter(7_000, folder, SavepointFormatType.CANONICAL);
    int atFirst = job.predicted.get();
    job.with(StateRecoveryOptions.SAVEPOINT_PATH, first);
    String second = job.stopAfter(19_000, folder, SavepointFormatType.NATIVE);
    int atSecond = job.predicted.get();
    job.with(StateRecoveryOptions.SAVEPOINT_PATH, second).execute();

    LocalModel local = local();
    local.learn(examples(0, atFirst), BATCH);
    local.learn(examples(atFirst, atSecond), BATCH);
    local.learn(examples(atSecond, HALVED), BATCH);
    assertSame(job, local);
  }

  @ParameterizedTest
  @CsvSource({
    "1, examples, 700",
    "2, dense deltas, 9",
    "4, merged slices, 5",
    "4, rows, 10",
    "2, lookups and deltas, 25"
  })
  void aFailureLosesAndRepeatsNothing(int parallelism, String edge, int at) throws Exception {
    LoopRun job =
        run(EXAMPLES, 2).parallelism(parallelism).checkpoints(OFTEN, "hashmap").breaking(edge, at);

    String savepoint = job.stopAfter(4_000, folder, SavepointFormatType.CANONICAL);

    assertThat(job.broke).as("the edge broke").isTrue();
    StateDump dump = StateDump.of(savepoint, "hashmap", CLUSTER);
    assertThat(dump.gauge()).as("owned by one subtask").hasSize(1);
    List<Double> gauge = dump.gauge().get(0);
    double learned = count(dump, Fids.BIAS);
    assertThat(learned).isBetween(1000.0, (double) EXAMPLES);
    assertThat(gauge.get(PRICES)).isEqualTo(learned);
    assertThat(gauge.get(AGES)).isEqualTo(count(dump, Fids.number(5))).isLessThan(learned);
    assertThat(gauge.get(PHOTOS)).isEqualTo(learned);
    assertThat(gauge.get(LEARNED)).isEqualTo(learned);
    assertThat(gauge.get(POSITIVES)).isBetween(1.0, learned);
    assertThat(gauge.get(MIXED)).isEqualTo(learned);

    job.with(StateRecoveryOptions.SAVEPOINT_PATH, savepoint).execute();
    assertMeasuredOnce(job);
  }

  private static double count(StateDump dump, long fid) {
    return dump.rows().get(fid).counts().get(0);
  }

  @Test
  void itKeepsItsMeasuresAtOtherParallelisms() throws Exception {
    LoopRun job = run(EXAMPLES, 2).slowly();

    String at1 =
        job.checkpoints(OFTEN, "hashmap").stopAfter(1500, folder, SavepointFormatType.CANONICAL);
    job.with(StateRecoveryOptions.SAVEPOINT_PATH, at1).parallelism(3);
    String at3 =
        job.checkpoints(OFTEN, "rocksdb").stopAfter(3500, folder, SavepointFormatType.CANONICAL);
    job.with(StateRecoveryOptions.SAVEPOINT_PATH, at3).parallelism(2).execute();

    assertMeasuredOnce(job);
  }

  /** Asserts it by numbers whose sums are exact: the base rate, and moments of whole numbers. */
  private static void assertMeasuredOnce(LoopRun job) {
    assertThat(job.updates).containsEntry(Fids.BIAS, (long) EXAMPLES);
    List<LabeledExample> all = examples(0, EXAMPLES);
    double positives = all.stream().filter(example -> example.label() == 1).count();
    assertThat(job.gauge.offset())
        .isEqualTo(Math.log((positives + 0.1) / (EXAMPLES - positives + 0.9)));
    assertThat(job.gauge.numbers().get(1)).isEqualTo(scale(all, Fids.number(5)));
    for (int i = 0; i < SyntheticExamples.PHOTO; i++) {
      assertThat(job.gauge.numbers().get(2 + i)).isEqualTo(scale(all, Fids.component(6, i)));
    }
  }

  private static NumberScale scale(List<LabeledExample> all, long fid) {
    double n = 0;
    double sum = 0;
    double squares = 0;
    for (LabeledExample example : all) {
      for (int i = 0; i < example.example().occurrences(); i++) {
        if (example.example().fids()[i] == fid) {
          double value = example.example().values()[i];
          n++;
          sum += value;
          squares += value * value;
        }
      }
    }
    double mean = sum / n;
    return new NumberScale(0, mean, Math.sqrt(squares / n - mean * mean));
  }

  private static void assertSame(LoopRun job, LocalModel local) {
    assertThat(job.gauge).isEqualTo(local.learner().gauge().published());
    assertThat(job.rows).hasSize(local.learner().rows());
    local.assertHasRowsOf(job);
    assertThat(job.denseValues()).containsExactly(local.dense());
  }

  private static LocalModel local() {
    return new LocalModel(SyntheticExamples.NUMBERS, MODEL, LearningSettings.DEFAULT);
  }

  private static List<LabeledExample> examples(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> SyntheticExamples.withNumbers(SyntheticExamples.example(7, i)))
        .toList();
  }

  private static LoopRun run(int examples, int inFlight) {
    TrainSettings settings =
        TrainSettings.DEFAULT
            .withBatchSize(BATCH)
            .withBatchLinger(Duration.ofSeconds(10))
            .withMaxInFlight(inFlight)
            .withCacheRows(1 << 16);
    return new LoopRun(7, examples, MODEL, settings).in(CLUSTER).ofNumbers();
  }
}
