package io.freshet.lab.bench.loop;

import io.freshet.lab.bench.measure.Figure;
import io.freshet.lab.bench.measure.LearningBenchmark;
import io.freshet.lab.bench.measure.ScratchDirectory;
import io.freshet.lab.bench.measure.Workload;
import io.freshet.lab.bench.table.TableBench;
import io.freshet.lab.bench.table.TableSide;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How the cost of an example grows. */
@Command(
    name = "scaling",
    description = {
      "Measures the training loop as one thing after the other grows.",
      "",
      "These are parallelism, fields, embedding size, rows of the table and layers. All"
          + " else is as in 39 fields x 10, a million ids, 128-64, batch and step 512,"
          + " parallelism 2; for the rows of the table, with the default batch and step.",
      "",
      "With --parallelism, only that grows, and all trainers together have batches of 1,024"
          + " examples and steps of 32: each has the less, the more there are, so that no more"
          + " examples are unseen."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar freshet.jar bench scaling --only fields",
      "  java -Xmx4g -XX:+UseParallelGC -jar freshet.jar bench scaling --parallelism 2,4,8,16,32"
    })
public final class ScalingCommand extends LearningBenchmark {
  private static final int FIELDS = 39;
  private static final int EMBEDDING = 10;
  private static final int PARALLELISM = 2;
  private static final List<Integer> LAYERS = List.of(128, 64);
  private static final List<Integer> LARGE = List.of(400, 400, 400);
  private static final List<Integer> ROWS = List.of(100_000, 1_000_000, 10_000_000);
  private static final String ROWS_CASE = "rows-";
  private static final int TOTAL_BATCH = 1024;
  static final int MOST = 32;

  @Option(
      names = "--parallelism",
      split = ",",
      paramLabel = "P",
      description = "Measure these numbers of trainers, at equal total batch; nothing else.")
  private List<Integer> parallelisms = List.of();

  @Override
  protected Figure measure(String what, Workload workload) throws Exception {
    return what.startsWith(ROWS_CASE) ? table(what, number(what)) : loop(what, workload);
  }

  private Figure loop(String what, Workload workload) throws Exception {
    int parallelism = what.startsWith("parallelism") ? number(what) : PARALLELISM;
    return new LoopBench(workload, parallelism, false, Optional.empty(), options()).run(what);
  }

  /** In a separate process, where every row exists before anything is measured. */
  private Figure table(String what, int rows) throws IOException, InterruptedException {
    try (ScratchDirectory scratch = ScratchDirectory.create()) {
      TableSide side =
          new TableSide(
              rows,
              rows,
              true,
              0,
              30,
              PARALLELISM,
              options().seed,
              true,
              scratch.path().toString(),
              Map.of());
      return new TableBench(side, options(), err()).inMemory(what);
    }
  }

  private static int number(String what) {
    return Integer.parseInt(what.split("-")[1]);
  }

  @Override
  protected Map<String, Workload> cases() {
    Map<String, Workload> cases = new LinkedHashMap<>();
    if (!parallelisms.isEmpty()) {
      check(
          parallelisms.stream().allMatch(p -> p >= 1 && p <= MOST),
          "--parallelism must be from 1 to " + MOST);
      for (int p : parallelisms) {
        cases.put("parallelism-" + p, atEqualTotalBatch(p));
      }
      return cases;
    }
    for (int parallelism : List.of(1, 2, 4)) {
      cases.put("parallelism-" + parallelism, workload(FIELDS, EMBEDDING, LAYERS));
      cases.put("parallelism-%s-large".formatted(parallelism), workload(FIELDS, EMBEDDING, LARGE));
    }
    for (int fields : List.of(10, FIELDS, 100)) {
      cases.put("fields-" + fields, workload(fields, EMBEDDING, LAYERS));
    }
    for (int k : List.of(4, EMBEDDING, 32)) {
      cases.put("embedding-" + k, workload(FIELDS, k, LAYERS));
    }
    for (int rows : ROWS) {
      cases.put(ROWS_CASE + rows, Workload.defaults());
    }
    for (var layers : List.of(List.of(64), LAYERS, LARGE, List.of(1024, 512))) {
      cases.put(
          "layers-" + layers.toString().replaceAll("[\\[\\] ]", "").replace(",", "-"),
          workload(FIELDS, EMBEDDING, layers));
    }
    return cases;
  }

  static Workload atEqualTotalBatch(int parallelism) {
    return new Workload(
        FIELDS, EMBEDDING, LAYERS, TOTAL_BATCH / parallelism, TOTAL_BATCH / MOST, 2);
  }

  private static Workload workload(int fields, int embeddingSize, List<Integer> layers) {
    return new Workload(fields, embeddingSize, layers, 512, 512, 2);
  }
}
