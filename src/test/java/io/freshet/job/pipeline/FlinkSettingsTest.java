package io.freshet.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.config.LearnerConfig;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.state.rocksdb.RocksDBConfigurableOptions;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.junit.jupiter.api.Test;
import org.rocksdb.CompactionStyle;
import org.rocksdb.CompressionType;

class FlinkSettingsTest {

  @Test
  void rowsLieInRocksDbUncompressedBehindFiltersAndSeldomMerged() {
    Configuration flink = FlinkSettings.of(config());

    assertThat(flink.get(RocksDBConfigurableOptions.COMPRESSION_PER_LEVEL))
        .containsExactly(CompressionType.NO_COMPRESSION);
    assertThat(flink.get(RocksDBConfigurableOptions.USE_BLOOM_FILTER)).isTrue();
    assertThat(flink.get(RocksDBConfigurableOptions.COMPACTION_STYLE))
        .isEqualTo(CompactionStyle.UNIVERSAL);
  }

  @Test
  void indexesAndFiltersAreReadInParts() {
    Configuration flink = FlinkSettings.of(config());

    assertThat(flink.get(RocksDBOptions.USE_PARTITIONED_INDEX_FILTERS)).isTrue();
    assertThat(flink.get(RocksDBConfigurableOptions.METADATA_BLOCK_SIZE))
        .isEqualTo(MemorySize.parse("16kb"));
  }

  private static LearnerConfig config() {
    return LearnerConfig.parse(
        """
        kafka: {bootstrap-servers: "localhost:9092"}
        features: [{name: user, kind: categorical}]
        """,
        "learner.yaml",
        List.of());
  }
}
