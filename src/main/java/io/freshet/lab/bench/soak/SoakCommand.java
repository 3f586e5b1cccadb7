package io.freshet.lab.bench.soak;

import io.freshet.lab.bench.measure.BenchOptions;
import io.freshet.lab.bench.measure.Benchmark;
import io.freshet.lab.bench.measure.ScratchDirectory;
import io.freshet.lab.bench.measure.Workload;
import io.freshet.lab.bench.serving.PublishedChain;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A server under everything at once, for long. */
@Command(
    name = "soak",
    description = {
      "Asks a server for long, while others misuse it, and checks every answer.",
      "",
      "The server is a process of 1 GiB of heap. Four clients ask for 100 candidates each and"
          + " compare the scores with those of the version that the answer names. Meanwhile 64"
          + " connections send a byte a second, others send what is too large, no JSON, or floods"
          + " of 200 requests; the version changes every 5 s, and the store is away or damaged"
          + " twice a minute.",
      "",
      "Fails where a score is wrong, an honest request is not answered, bytes stay in flight at the"
          + " end, or after 5 minutes or more, the memory of the last quarter is a tenth above that"
          + " of the second."
    },
    footer = {"", "Example:", "  java -jar freshet.jar bench soak --minutes 20"})
public final class SoakCommand extends Benchmark {
  @Mixin private BenchOptions options;

  @Option(
      names = "--minutes",
      paramLabel = "M",
      description = "How long (default: ${DEFAULT-VALUE}).")
  private double minutes = 20;

  @Option(
      names = "--impressions",
      description = "Impressions the model has learned (default: ${DEFAULT-VALUE}).")
  private int impressions = 50000;

  @Override
  public Integer call() throws Exception {
    if (!(minutes > 0) || impressions < 1) {
      throw wrong("--minutes must be above 0, and --impressions 1 or more");
    }
    try (ScratchDirectory scratch = ScratchDirectory.create()) {
      int all = options.impressions(impressions);
      PublishedChain chain = PublishedChain.make(scratch.path(), Workload.defaults(), all, options);
      try (SoakServer server = SoakServer.start(chain.root(), scratch.path())) {
        Soak soak = new Soak(chain, server, options.seed);
        soak.run(Duration.ofMillis((long) (minutes * 60_000)));
        if (asJson()) {
          out().println(soak.toJson());
        } else {
          soak.lines().forEach(out()::println);
        }
        check(soak.problems().isEmpty(), String.join("; ", soak.problems()));
      }
      return 0;
    }
  }
}
