package io.freshet.lab.bench.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.config.CheckpointSettings.Backend;
import io.freshet.config.LearnerConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableSideTest {
  @TempDir private Path directory;

  @Test
  void itReachesItsProcessAsItIs() throws Exception {
    assertThat(TableSide.parse(side().toJson())).isEqualTo(side());
  }

  @Test
  void shardsOnDiskShareTheCacheRows() {
    LearnerConfig config = side().config();

    assertThat(config.train().cacheRows()).isEqualTo(500);
    assertThat(config.checkpoint().backend()).isEqualTo(Backend.ROCKSDB);
    assertThat(config.checkpoint().interval()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.model().hiddenLayers()).containsExactly(400, 400, 400);
    assertThat(config.features().size()).isEqualTo(39);
  }

  @Test
  void inMemoryTheCachesHoldAllRowsAndNothingIsCheckpointed() {
    LearnerConfig config = side().inMemory().config();

    assertThat(2 * config.train().cacheRows()).isGreaterThan(20_000);
    assertThat(config.checkpoint().backend()).isEqualTo(Backend.HASHMAP);
    assertThat(config.checkpoint().interval()).isEqualTo(Duration.ofDays(1));
  }

  private TableSide side() {
    return new TableSide(
        20_000, 1000, true, 64, 30, 2, 1, false, directory.toString(), Map.of("a", "b"));
  }
}
