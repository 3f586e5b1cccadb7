package io.freshet.lab.bench.serving;

import io.freshet.lab.bench.measure.BenchOptions;
import io.freshet.lab.bench.measure.Benchmark;
import io.freshet.lab.bench.measure.FigureTable;
import io.freshet.lab.bench.measure.ScratchDirectory;
import io.freshet.lab.bench.measure.Workload;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The server under load. */
@Command(
    name = "serve",
    description = {
      "Measures the scorer alone, and the HTTP server with clients on this machine.",
      "",
      "The model has 39 fields x 10 and 400-400-400, for 1, 100 and 1,000 candidates a"
          + " request; then 100 at half the load that it bears, without and with deltas being"
          + " applied.",
      "",
      "The roofline is the number of candidates a second if the products of their"
          + " forward passes were all. The snapshots are made first, by the learner."
    },
    footer = {"", "Example:", "  java -jar freshet.jar bench serve --rounds 3"})
public final class ServingCommand extends Benchmark {
  private static final int[] SIZES = {1, 100, 1000};
  private static final int HALF_LOAD_SIZE = 100;

  @Mixin private BenchOptions options;

  @Option(
      names = "--impressions",
      description = "Impressions the model has learned (default: ${DEFAULT-VALUE}).")
  private int impressions = 150000;

  @Override
  public Integer call() throws Exception {
    if (options.rounds < 1 || impressions < 1) {
      throw wrong("--rounds and --impressions must be 1 or more");
    }
    try (ScratchDirectory scratch = ScratchDirectory.create()) {
      Workload workload = Workload.large(512, 512, 2);
      int all = options.impressions(impressions);
      PublishedChain chain = PublishedChain.make(scratch.path(), workload, all, options);
      try (ServingBench bench = new ServingBench(workload, chain, options)) {
        measure(bench, chain.size());
      }
      return 0;
    }
  }

  private void measure(ServingBench bench, int versions) throws Exception {
    if (!asJson()) {
      out().printf(Locale.ROOT, "%,d rows, a chain of %d versions%n", bench.rows(), versions);
    }
    FigureTable<ServingFigure> figures = ServingFigure.table(out(), asJson());
    for (int size : SIZES) {
      if (wanted("scorer-" + size)) {
        figures.add(bench.scorer("scorer-" + size, size));
      }
    }
    for (int size : SIZES) {
      boolean half = size == HALF_LOAD_SIZE && wanted("half-load");
      if (wanted("http-" + size) || half) {
        ServingFigure full = bench.http("http-" + size, size);
        figures.add(full);
        if (half) {
          figures.add(bench.halfLoad("http-100-half-load", full, false));
          figures.add(bench.halfLoad("http-100-half-load-deltas", full, true));
        }
      }
    }
    check(!figures.isEmpty(), "--only %s: no such case".formatted(options.only));
    figures.end(figure -> figure.what().equals("http-100"));
  }

  private boolean wanted(String what) {
    return what.contains(options.only);
  }
}
