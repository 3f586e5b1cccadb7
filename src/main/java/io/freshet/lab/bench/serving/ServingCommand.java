package io.freshet.lab.bench.serving;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.lab.bench.measure.BenchOptions;
import io.freshet.lab.bench.measure.Workload;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.flink.util.FileUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The server under load. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    sortOptions = false,
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
    footer = {
      "",
      "Example:",
      "  java -jar freshet.jar bench serve --rounds 3",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage."
    })
public final class ServingCommand implements Callable<Integer> {
  private static final int[] SIZES = {1, 100, 1000};
  private static final int HALF_LOAD_SIZE = 100;

  @Spec private CommandSpec spec;
  @Mixin private BenchOptions options;

  @Option(
      names = "--impressions",
      defaultValue = "150000",
      description = "Impressions the model has learned (default: ${DEFAULT-VALUE}).")
  private int impressions;

  @Override
  public Integer call() throws Exception {
    if (options.rounds < 1 || impressions < 1) {
      throw new ParameterException(
          spec.commandLine(), "--rounds and --impressions must be 1 or more");
    }
    Path directory = Files.createTempDirectory("freshet-serve");
    try {
      Workload workload = Workload.large(512, 512, 2);
      int all = options.impressions(impressions);
      PublishedChain chain = PublishedChain.make(directory, workload, all, options);
      try (ServingBench bench = new ServingBench(workload, chain, options)) {
        measure(bench, chain.size());
      }
      return 0;
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }

  private void measure(ServingBench bench, int versions) throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    List<ServingFigure> figures = new ArrayList<>();
    if (!options.json) {
      out.printf(
          "%,d rows, a chain of %d versions%n%s%n", bench.rows(), versions, ServingFigure.head());
      out.flush();
    }
    for (int size : SIZES) {
      if (wanted("scorer-" + size)) {
        add(figures, bench.scorer("scorer-" + size, size));
      }
    }
    for (int size : SIZES) {
      boolean half = size == HALF_LOAD_SIZE && wanted("half-load");
      if (wanted("http-" + size) || half) {
        ServingFigure full = bench.http("http-" + size, size);
        add(figures, full);
        if (half) {
          add(figures, bench.halfLoad("http-100-half-load", full, false));
          add(figures, bench.halfLoad("http-100-half-load-deltas", full, true));
        }
      }
    }
    if (figures.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--only %s: no such case".formatted(options.only));
    }
    if (options.json) {
      print(figures);
    }
  }

  private boolean wanted(String what) {
    return what.contains(options.only);
  }

  private void add(List<ServingFigure> figures, ServingFigure figure) {
    figures.add(figure);
    if (!options.json) {
      spec.commandLine().getOut().println(figure.line());
      spec.commandLine().getOut().flush();
    }
  }

  /** The server's figure for 100 candidates, or the first, with all of them. */
  private void print(List<ServingFigure> figures) {
    ServingFigure first =
        figures.stream()
            .filter(f -> f.what().equals("http-100"))
            .findFirst()
            .orElse(figures.get(0));
    ObjectNode json = first.json();
    var all = json.putArray("figures");
    figures.forEach(figure -> all.add(figure.json()));
    spec.commandLine().getOut().println(json);
    spec.commandLine().getOut().flush();
  }
}
