package io.freshet.lab.bench.table;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.lab.bench.measure.ProcessMemory;
import io.freshet.lab.bench.measure.Speed;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.time.Duration;

/**
 * A process that holds one {@link TableSide}, and does as {@link TableProcess} asks on standard
 * input, a word a line; it answers each with a line of JSON and ends with its input.
 *
 * <pre>
 * learned      how many examples so far
 * fill         lets pass the examples that hold every row once
 * go, pause    lets examples pass, or no more of them
 * look         speed since the last look
 * caches       hits and misses since the start
 * sizes        memory, bytes a row, checkpoints
 * </pre>
 */
final class TableMain {
  private static final Duration FETCH = Duration.ofMillis(500);

  private final TableSide side;
  private final TableJob job;
  private Speed.Mark mark = Speed.mark();
  private long learned;

  private TableMain(TableSide side) throws Exception {
    this.side = side;
    job = TableJob.start(side);
  }

  public static void main(String[] args) {
    int status = 0;
    try {
      serve(new TableMain(TableSide.parse(args[0])));
    } catch (Exception e) {
      e.printStackTrace(); // to the process's log
      status = 1;
    }
    Runtime.getRuntime().halt(status); // Flink's threads would live on, or take their time to end
  }

  private static void serve(TableMain main) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      System.out.println(main.answer(line));
    }
  }

  private ObjectNode answer(String command) throws Exception {
    job.check();
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    switch (command) {
      case "learned" -> answer.put("learned", TableJob.learned());
      case "fill" -> TableFeed.allow(TableFeed.toFill(side.workload().fields(), side.rows()));
      case "go" -> TableFeed.allow(Long.MAX_VALUE);
      case "pause" -> TableFeed.pause();
      case "look" -> look(answer);
      case "caches" -> caches(answer);
      case "sizes" -> sizes(answer);
      default -> throw new IllegalArgumentException("no command: " + command);
    }
    return answer;
  }

  private void look(ObjectNode answer) {
    long before = learned;
    learned = TableJob.learned();
    Speed speed = mark.since(learned - before);
    mark = Speed.mark();
    answer.put("per_second", speed.perSecond());
    answer.put("per_cpu_second", speed.perCpuSecond());
  }

  /** Since the start. Flink fetches metrics on request, so the first request only triggers that. */
  private void caches(ObjectNode answer) throws IOException, InterruptedException {
    job.shardMetric("cache_hits");
    Thread.sleep(FETCH.toMillis());
    answer.put("learned", TableJob.learned());
    answer.put("hits", job.shardMetric("cache_hits"));
    answer.put("misses", job.shardMetric("cache_misses"));
  }

  private void sizes(ObjectNode answer) throws IOException, InterruptedException {
    answer.put("heap_bytes", Runtime.getRuntime().maxMemory());
    answer.put("rocksdb_memory_bytes", side.onDisk() ? side.managedMegabytes() * (1L << 20) : 0);
    answer.put("peak_resident_bytes", ProcessMemory.peakResident());
    answer.put(
        "cache_bytes_per_row", job.shardMetric("cache_bytes") / job.shardMetric("cache_rows"));
    answer.put("table_bytes_per_row", (double) job.onDisk() / side.rows());
    answer.put("snapshot_bytes_per_row", SnapshotSample.bytesPerRow());
    var checkpoints = answer.putArray("checkpoints");
    for (TableJob.Checkpoint checkpoint : job.checkpoints()) {
      checkpoints
          .addObject()
          .put("id", checkpoint.id())
          .put("rows_touched", checkpoint.rows())
          .put("bytes", checkpoint.bytes())
          .put("whole_bytes", checkpoint.wholeBytes())
          .put("millis", checkpoint.length().toMillis());
    }
  }
}
