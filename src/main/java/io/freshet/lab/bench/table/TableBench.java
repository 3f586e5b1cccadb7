package io.freshet.lab.bench.table;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.cli.Progress;
import io.freshet.lab.bench.measure.BenchOptions;
import io.freshet.lab.bench.measure.Figure;
import io.freshet.lab.bench.measure.Roofline;
import io.freshet.lab.bench.measure.Speed;
import io.freshet.lab.bench.measure.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The training loop on a table larger than memory, compared with the same loop with all of the
 * table in memory.
 *
 * <p>Each runs in a separate process. Both learn every row once, then Zipf's ids until their caches
 * are warm; then they alternate, so that both see the same machine. A round of the table on disk
 * lasts from one checkpoint to the next, and so contains what they cost.
 */
public final class TableBench {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration WARM_UP = Duration.ofSeconds(12);
  private static final Duration ROUND = Duration.ofSeconds(3);
  private static final Duration SETTLE = Duration.ofMillis(500);
  private static final Duration FILL_PATIENCE = Duration.ofMinutes(60);
  private static final double MEMORY_SHARE = 1 / 3.0; // of the length of a round

  private final TableSide side;
  private final BenchOptions options;
  private final PrintWriter console;

  public TableBench(TableSide side, BenchOptions options, PrintWriter console) {
    this.side = side;
    this.options = options;
    this.console = console;
  }

  /** Measures, with this heap ({@code -Xmx}) for the process with the table on disk. */
  TableFigure run(String heap) throws IOException, InterruptedException {
    try (TableProcess disk = new TableProcess(side, heap);
        TableProcess memory = inMemory()) {
      Duration filled = fill(disk, "rows in RocksDB");
      fill(memory, "rows in memory");
      Duration round = options.length(Duration.ofSeconds(side.checkpointSeconds()));
      Duration shorter = Duration.ofMillis((long) (round.toMillis() * MEMORY_SHARE));
      learn(disk, round);
      learn(memory, shorter);
      Workload workload = side.workload();
      Roofline roofline = new Roofline(workload.batchSize(), side.parallelism());
      List<TableFigure.Round> measured = new ArrayList<>();
      for (int i = 0; i < options.rounds; i++) {
        Speed roof = roofline.flops().dividedBy(workload.flops());
        measured.add(new TableFigure.Round(learn(disk, round), learn(memory, shorter), roof));
      }
      return new TableFigure(side, heap, filled, measured, disk.ask("sizes"));
    }
  }

  /** Measures only the loop with all of the table in memory. */
  public Figure inMemory(String what) throws IOException, InterruptedException {
    try (TableProcess memory = inMemory()) {
      fill(memory, "rows");
      learn(memory, options.length(WARM_UP));
      Workload workload = side.workload();
      Roofline roofline = new Roofline(workload.batchSize(), side.parallelism());
      List<Figure.Round> measured = new ArrayList<>();
      for (int i = 0; i < options.rounds; i++) {
        Speed roof = roofline.flops().dividedBy(workload.flops());
        measured.add(new Figure.Round(learn(memory, options.length(ROUND)).speed(), roof));
      }
      return new Figure("loop", what, workload, side.parallelism(), measured);
    }
  }

  private TableProcess inMemory() throws IOException {
    return new TableProcess(side.inMemory(), side.heapInMemory());
  }

  private Duration fill(TableProcess process, String what)
      throws IOException, InterruptedException {
    int fields = side.workload().fields();
    long wanted = TableFeed.toFill(fields, side.rows());
    long start = System.nanoTime();
    process.ask("fill");
    try (Progress progress = Progress.of(console, what, OptionalLong.of(wanted * fields))) {
      for (long learned = 0; learned < wanted; ) {
        if (System.nanoTime() - start > FILL_PATIENCE.toNanos()) {
          throw new IOException(
              "not all rows are there after " + FILL_PATIENCE.toMinutes() + " min");
        }
        Thread.sleep(POLL.toMillis());
        learned = process.ask("learned").get("learned").asLong();
        progress.at(learned * fields);
      }
    }
    process.ask("pause");
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private static TableFigure.Learned learn(TableProcess process, Duration length)
      throws IOException, InterruptedException {
    JsonNode before = process.ask("caches");
    process.ask("go");
    Thread.sleep(SETTLE.toMillis());
    process.ask("look");
    Thread.sleep(length.toMillis());
    JsonNode look = process.ask("look");
    process.ask("pause");
    Thread.sleep(SETTLE.toMillis());
    JsonNode after = process.ask("caches");
    return new TableFigure.Learned(
        new Speed(look.get("per_second").asDouble(), look.get("per_cpu_second").asDouble()),
        after.get("learned").asLong() - before.get("learned").asLong(),
        after.get("hits").asDouble() - before.get("hits").asDouble(),
        after.get("misses").asDouble() - before.get("misses").asDouble());
  }
}
