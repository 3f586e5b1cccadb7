package io.freshet.lab.bench.table;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.lab.bench.measure.BenchOptions;
import io.freshet.lab.bench.measure.Benchmark;
import io.freshet.lab.bench.measure.ScratchDirectory;
import io.freshet.lab.bench.measure.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The training loop on a table larger than memory. */
@Command(
    name = "table",
    description = {
      "Measures the training loop on a table that is larger than its memory.",
      "",
      "The table is in RocksDB; it is compared with the same loop with all of the table in"
          + " memory. Each has its own JVM, which this command starts."
    },
    footer = {
      "",
      "The loop in memory takes 400 bytes a row (8 GB for 20 million), the table on"
          + " disk and its checkpoint 130 bytes a row each, below --directory.",
      "",
      "Example:",
      "  java -jar freshet.jar bench table --rows 2000000 --cache-rows 100000"
    })
public final class TableCommand extends Benchmark {
  @Mixin private BenchOptions options;

  @Option(names = "--rows", description = "Rows of the table (default: ${DEFAULT-VALUE}).")
  private int rows = 20000000;

  @Option(
      names = "--cache-rows",
      description = "Rows in all shards' caches together (default: ${DEFAULT-VALUE}).")
  private int cacheRows = 1000000;

  @Option(
      names = "--heap",
      description = "Heap of the learner with the table on disk (default: ${DEFAULT-VALUE}).")
  private String heap = "2g";

  @Option(
      names = "--rocksdb-memory",
      paramLabel = "MB",
      description = "Memory that RocksDB may take (default: ${DEFAULT-VALUE}).")
  private int managed = 512;

  @Option(
      names = "--checkpoint-interval",
      paramLabel = "SECONDS",
      description =
          "From one checkpoint to the next, and length of a round (default: ${DEFAULT-VALUE}).")
  private int interval = 30;

  @Option(names = "--parallelism", description = "Trainers and shards (default: ${DEFAULT-VALUE}).")
  private int parallelism = 2;

  @Option(
      names = "--directory",
      description = "Where the table and its checkpoints go (default: the system's for such).")
  private Path directory;

  @Option(
      names = "--flink",
      paramLabel = "KEY=VALUE",
      description = "A setting of Flink for the table on disk; may be repeated.")
  private Map<String, String> flink = new LinkedHashMap<>();

  @Override
  public Integer call() throws IOException, InterruptedException {
    var cases = options.select(cases());
    check();
    PrintWriter out = out();
    List<ObjectNode> figures = new ArrayList<>();
    for (String what : cases.keySet()) {
      TableFigure figure = measure(what.equals("defaults"));
      figures.add(figure.json().put("what", what));
      if (!asJson()) {
        out.println(what + ":");
        figure.print(out);
      }
    }
    if (asJson()) {
      ObjectNode json = figures.get(0).deepCopy();
      json.putArray("figures").addAll(figures);
      out.println(json);
      out.flush();
    }
    return 0;
  }

  private void check() {
    int fields = Workload.defaults().fields();
    if (parallelism < 1 || rows < fields || cacheRows < parallelism || interval < 1) {
      throw wrong(
          "--parallelism and --checkpoint-interval must be 1 or more, --rows %s or more, and --cache-rows --parallelism or more"
              .formatted(fields));
    }
  }

  private TableFigure measure(boolean defaults) throws IOException, InterruptedException {
    Path base = directory == null ? Path.of(System.getProperty("java.io.tmpdir")) : directory;
    Files.createDirectories(base);
    try (var scratch = new ScratchDirectory(Files.createTempDirectory(base, "freshet-table"))) {
      TableSide side =
          new TableSide(
              rows,
              cacheRows,
              true,
              managed,
              interval,
              parallelism,
              options.seed,
              defaults,
              scratch.path().toString(),
              flink);
      return new TableBench(side, options, err()).run(heap);
    }
  }

  private static Map<String, Workload> cases() {
    Map<String, Workload> cases = new LinkedHashMap<>();
    cases.put("step-512", Workload.large(512, 512, 2));
    cases.put("defaults", Workload.defaults());
    return cases;
  }
}
