package io.freshet.lab.bench.table;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.config.LearnerConfig;
import io.freshet.lab.bench.measure.Workload;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One of the two processes that are compared: the same loop and table, stored in different places.
 *
 * @param rows of the table, all of which exist before anything is measured
 * @param cacheRows of all shards' caches together
 * @param onDisk whether the table is in RocksDB; otherwise all of it fits the caches, and there are
 *     no checkpoints
 * @param defaults whether to learn the default model and not the large one
 * @param directory for RocksDB, checkpoints and staged snapshots
 * @param flink more settings of Flink
 */
public record TableSide(
    int rows,
    int cacheRows,
    boolean onDisk,
    int managedMegabytes,
    int checkpointSeconds,
    int parallelism,
    long seed,
    boolean defaults,
    String directory,
    Map<String, String> flink) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long BYTES_A_ROW = 400; // three times its own, as arrays grow by copies
  private static final long MEGABYTES_BESIDE_ROWS = 1024;
  private static final int NEVER = 86_400; // seconds: longer than any benchmark

  public TableSide {
    requireNonNull(directory, "directory");
    flink = Map.copyOf(flink);
  }

  /** The upper bound: every row in the shards' caches, and no checkpoints. */
  TableSide inMemory() {
    return new TableSide(
        rows,
        rows + rows / 8, // a shard's share of the keys is not exact
        false,
        managedMegabytes,
        NEVER,
        parallelism,
        seed,
        defaults,
        Path.of(directory, "in-memory").toString(),
        Map.of());
  }

  /** The Java heap that this takes, as {@code -Xmx}. */
  String heapInMemory() {
    return MEGABYTES_BESIDE_ROWS + BYTES_A_ROW * rows / (1 << 20) + "m";
  }

  String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("numbers and texts are not written as JSON", e);
    }
  }

  static TableSide parse(String json) throws JsonProcessingException {
    return JSON.readValue(json, TableSide.class);
  }

  Workload workload() {
    return defaults ? Workload.defaults() : Workload.large(512, 512, 2);
  }

  /** The learner's configuration: the defaults except for sizes. */
  LearnerConfig config() {
    Workload workload = workload();
    String fields =
        workload.schema().fields().stream()
            .map(field -> "  - {name: " + field.name() + ", kind: categorical}\n")
            .collect(Collectors.joining());
    String yaml =
        """
        name: bench
        kafka: {bootstrap-servers: "localhost:9092"}
        features:
        %smodel: {embedding-size: %s, hidden-layers: %s}
        train:
          user-field: c1
          batch-size: %s
          step-size: %s
          max-in-flight: %s
          cache-rows: %s
          dense: {step-size: %s}
        snapshot: {root: "%s"}
        checkpoint: {interval: %s s, backend: %s, dir: "%s"}
        parallelism: %s
        """
            .formatted(
                fields,
                workload.embeddingSize(),
                workload.hiddenLayers(),
                workload.batchSize(),
                workload.stepSize(),
                workload.inFlight(),
                cacheRows / parallelism,
                workload.learning().denseStepSize(),
                Path.of(directory, "snapshots").toUri(),
                checkpointSeconds,
                onDisk ? "rocksdb" : "hashmap",
                Path.of(directory, "checkpoints").toUri(),
                parallelism);
    return LearnerConfig.parse(yaml, "the benchmark's learner.yaml", List.of());
  }
}
