package io.freshet.train.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.row.RowLayout;
import io.freshet.train.TrainSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The loop stopped under load, and started at other parallelisms and on other state backends with
 * no examples to learn: what the next savepoint holds is what the first held, bit for bit.
 */
@Timeout(180)
class RescaleITCase {
  @RegisterExtension private static final LoopCluster CLUSTER = new LoopCluster();

  private static final int EXAMPLES = 6_000;
  private static final Duration INTERVAL = Duration.ofMillis(50);
  private static final ModelSettings MODEL = ModelSettings.deepFm(4, List.of(16, 8), 0, 42);
  private static final TrainSettings SETTINGS =
      TrainSettings.DEFAULT.withBatchSize(64).withCacheRows(1 << 16);

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "CANONICAL, hashmap, rocksdb, hashmap, rocksdb",
    "CANONICAL, rocksdb, hashmap, rocksdb, hashmap",
    "NATIVE, rocksdb, rocksdb, rocksdb, rocksdb",
    "NATIVE, hashmap, hashmap, hashmap, hashmap"
  })
  void everyRowSlotAndDenseParameterIsTheSameBitForBit(
      SavepointFormatType format, String at2, String at3, String at1, String at4) throws Exception {
    LoopRun run = new LoopRun(23, EXAMPLES, MODEL, SETTINGS).in(CLUSTER).ofNumbers().slowly();
    String first = run.parallelism(2).checkpoints(INTERVAL, at2).stopAfter(2000, folder, format);
    StateDump learned = StateDump.of(first, at2, CLUSTER);

    String second = untouched(first, 3, at3, format);
    String third = untouched(second, 1, at1, format);
    String fourth = untouched(third, 4, at4, format);

    assertThat(run.predicted).as("stopped under load").hasValueLessThan(EXAMPLES);
    assertThat(learned.rows()).hasSize(run.rows.size());
    assertThat(learned.rows().values()).allMatch(row -> row.floats().size() == width());
    assertThat(learned.slices()).hasSize(SETTINGS.denseSlices());
    assertThat(learned.gauge()).as("owned by one subtask").hasSize(1);
    assertThat(StateDump.of(second, at3, CLUSTER)).isEqualTo(learned);
    assertThat(StateDump.of(third, at1, CLUSTER)).isEqualTo(learned);
    assertThat(StateDump.of(fourth, at4, CLUSTER)).isEqualTo(learned);
  }

  /** Starts from a savepoint, learns nothing, and stops with another. */
  private String untouched(
      String savepoint, int parallelism, String backend, SavepointFormatType format)
      throws Exception {
    return new LoopRun(23, 0, MODEL, SETTINGS)
        .in(CLUSTER)
        .ofNumbers()
        .parallelism(parallelism)
        .checkpoints(INTERVAL, backend)
        .with(StateRecoveryOptions.SAVEPOINT_PATH, savepoint)
        .with(StateRecoveryOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE, true)
        .stopIdle(folder, format);
  }

  private static int width() {
    return new RowLayout(MODEL, LearningSettings.DEFAULT).width();
  }
}
