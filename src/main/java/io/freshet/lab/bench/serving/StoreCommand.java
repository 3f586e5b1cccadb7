package io.freshet.lab.bench.serving;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.lab.bench.measure.Benchmark;
import io.freshet.lab.bench.measure.ProcessMemory;
import io.freshet.lab.bench.measure.ScratchDirectory;
import io.freshet.lab.bench.measure.Speed;
import io.freshet.serve.rows.MemoryStore;
import io.freshet.serve.rows.RocksStore;
import io.freshet.serve.rows.RowStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Where serving keeps its rows. */
@Command(
    name = "store",
    showDefaultValues = true,
    description = {
      "Measures the stores of serving: their memory, loading and reading.",
      "",
      "It reports the memory that a model of so many rows takes (k = 10), how long a full"
          + " and a delta of one row in a hundred take to load, and how many rows a second"
          + " one thread gets. The snapshots are made up; the time that their making takes is"
          + " in the loads."
    },
    footer = {
      "",
      "Example:",
      "  java -jar freshet.jar bench store --store rocksdb --rows 10000000"
    })
public final class StoreCommand extends Benchmark {
  private static final int DELTAS = 3;
  private static final int SKEW = 4;
  private static final double MIB = 1 << 20;

  @Option(names = "--rows", paramLabel = "N", description = "Rows of the model.")
  private long rows = 2_000_000;

  @Option(names = "--store", paramLabel = "KIND", description = "${COMPLETION-CANDIDATES}.")
  private Kind kind = Kind.rocksdb;

  @Option(names = "--store-memory", paramLabel = "MIB", description = "As for serve.")
  private int memory = 256;

  @Option(names = "--seed", description = "Seed of the lookups.")
  private long seed = 1;

  /** Values of {@code --store}, spelled as on the command line. */
  enum Kind {
    memory,
    rocksdb
  }

  @Override
  public Integer call() throws Exception {
    if (rows < 1000 || memory < 16) {
      throw wrong("--rows must be 1000 or more, --store-memory 16 or more");
    }
    try (ScratchDirectory scratch = ScratchDirectory.create();
        StoreBench bench =
            new StoreBench(new GeneratedSnapshots(rows), store(scratch.path()), seed)) {
      print(measure(bench, scratch.path()));
      return 0;
    }
  }

  private RowStore store(Path directory) throws IOException {
    return switch (kind) {
      case memory -> new MemoryStore();
      case rocksdb -> new RocksStore(directory, (long) memory << 20);
    };
  }

  private ObjectNode measure(StoreBench bench, Path directory) throws Exception {
    ObjectNode figures = JsonNodeFactory.instance.objectNode();
    figures.put("bench", "store").put("store", kind.name()).put("rows", rows);
    figures.put("load_seconds", seconds(bench.load()));
    Duration deltas = Duration.ZERO;
    for (int i = 0; i < DELTAS; i++) {
      deltas = deltas.plus(bench.delta());
    }
    figures.put("delta_rows", rows / 100);
    figures.put("delta_seconds", seconds(deltas.dividedBy(DELTAS)));
    put("uniform", bench.rows(1), figures);
    put("skewed", bench.rows(SKEW), figures);
    System.gc(); // what is garbage of the loads is no memory of the store
    Runtime runtime = Runtime.getRuntime();
    figures.put("heap_mib", Math.round((runtime.totalMemory() - runtime.freeMemory()) / MIB));
    figures.put("resident_mib", Math.round(ProcessMemory.resident() / MIB));
    figures.put("peak_resident_mib", Math.round(ProcessMemory.peakResident() / MIB));
    figures.put("disk_mib", Math.round(ProcessMemory.onDisk(directory) / MIB));
    return figures;
  }

  private static void put(String what, Speed speed, ObjectNode figures) {
    figures.put(what + "_rows_per_second", Math.round(speed.perSecond()));
    figures.put(what + "_rows_per_cpu_second", Math.round(speed.perCpuSecond()));
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }

  private void print(ObjectNode figures) {
    PrintWriter out = out();
    if (asJson()) {
      out.println(figures);
    } else {
      figures.properties().forEach(f -> out.printf("%-28s %s%n", f.getKey(), text(f.getValue())));
    }
    out.flush();
  }

  private static String text(JsonNode value) {
    return value.isIntegralNumber()
        ? String.format(Locale.ROOT, "%,d", value.asLong())
        : value.asText();
  }
}
