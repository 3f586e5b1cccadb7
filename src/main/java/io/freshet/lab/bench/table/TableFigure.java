package io.freshet.lab.bench.table;

import static io.freshet.lab.bench.measure.FigureTable.rounded;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.lab.bench.measure.Medians;
import io.freshet.lab.bench.measure.Speed;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What the table on disk costs: medians of rounds.
 *
 * @param filled how long it took to learn every row once
 * @param sizes what {@link TableMain} answers of memory, bytes a row and checkpoints
 */
record TableFigure(
    TableSide side, String heap, Duration filled, List<Round> rounds, JsonNode sizes) {
  private static final double MEGA = 1e6;

  /** Examples learned, and hits and misses of the caches for their rows. */
  record Learned(Speed speed, long examples, double hits, double misses) {}

  /** A round: both sides, and the matrix products alone. */
  record Round(Learned disk, Learned memory, Speed roofline) {

    double ratio() {
      return disk.speed.perSecond() / memory.speed.perSecond();
    }

    double cpuRatio() {
      return disk.speed.perCpuSecond() / memory.speed.perCpuSecond();
    }

    /** The share of requested rows that the caches had. */
    double hitShare() {
      return disk.hits / (disk.hits + disk.misses);
    }

    double missesPerExample() {
      return disk.misses / disk.examples;
    }
  }

  TableFigure {
    rounds = List.copyOf(rounds);
  }

  private double onDisk() {
    return Medians.of(rounds, round -> round.disk.speed.perSecond());
  }

  private double inMemory() {
    return Medians.of(rounds, round -> round.memory.speed.perSecond());
  }

  private double ratio() {
    return Medians.of(rounds, Round::ratio);
  }

  private double cpuRatio() {
    return Medians.of(rounds, Round::cpuRatio);
  }

  private double roofline() {
    return Medians.of(rounds, round -> round.roofline.perSecond());
  }

  void print(PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%,d rows, caches of %,d; heap %s, RocksDB %d MB; filled in %d s%n",
        side.rows(),
        side.cacheRows(),
        heap,
        side.managedMegabytes(),
        filled.toSeconds());
    out.printf(Locale.ROOT, "%-28s %,12.0f examples/s%n", "in RocksDB", onDisk());
    out.printf(Locale.ROOT, "%-28s %,12.0f examples/s%n", "all in memory", inMemory());
    out.printf(
        Locale.ROOT, "%-28s %12.2f (by time on a core %.2f)%n", "ratio", ratio(), cpuRatio());
    out.printf(Locale.ROOT, "%-28s %12.3f%n", "cache hits", Medians.of(rounds, Round::hitShare));
    out.printf(
        Locale.ROOT,
        "%-28s %12.1f%n",
        "misses an example",
        Medians.of(rounds, Round::missesPerExample));
    out.printf(
        Locale.ROOT,
        "%-28s %12.0f MB%n",
        "most memory resident",
        size("peak_resident_bytes") / MEGA);
    out.printf(
        Locale.ROOT, "%-28s %12.0f bytes%n", "a row in the cache", size("cache_bytes_per_row"));
    out.printf(
        Locale.ROOT,
        "%-28s %12.0f bytes%n",
        "a row in RocksDB's files",
        size("table_bytes_per_row"));
    out.printf(
        Locale.ROOT, "%-28s %12.0f bytes%n", "a row in a snapshot", size("snapshot_bytes_per_row"));
    out.printf(
        "%-12s %14s %12s %14s %9s%n",
        "checkpoint", "rows touched", "MB written", "MB in all", "seconds");
    for (JsonNode checkpoint : sizes.get("checkpoints")) {
      out.printf(
          Locale.ROOT,
          "%-12d %,14d %,12.0f %,14.0f %9.1f%n",
          checkpoint.get("id").asLong(),
          checkpoint.get("rows_touched").asLong(),
          checkpoint.get("bytes").asDouble() / MEGA,
          checkpoint.get("whole_bytes").asDouble() / MEGA,
          checkpoint.get("millis").asDouble() / 1000);
    }
    out.flush();
  }

  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("bench", "table");
    json.put("examples_per_second", Math.round(onDisk()));
    json.put("in_memory_examples_per_second", Math.round(inMemory()));
    json.put("ratio", rounded(ratio()));
    json.put("cpu_ratio", rounded(cpuRatio()));
    json.put("roofline", Math.round(roofline()));
    json.put("roofline_ratio", rounded(onDisk() / roofline()));
    json.put("cache_hits", rounded(Medians.of(rounds, Round::hitShare)));
    json.put("misses_per_example", rounded(Medians.of(rounds, Round::missesPerExample)));
    json.put("rows", side.rows());
    json.put("cache_rows", side.cacheRows());
    json.put("parallelism", side.parallelism());
    json.put("batch_size", side.workload().batchSize());
    json.put("rounds", rounds.size());
    json.put("fill_seconds", filled.toSeconds());
    json.setAll((ObjectNode) sizes);
    return json;
  }

  private double size(String name) {
    return sizes.get(name).asDouble();
  }
}
