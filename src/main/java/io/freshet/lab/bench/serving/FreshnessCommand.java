package io.freshet.lab.bench.serving;

import io.freshet.lab.bench.measure.Benchmark;
import io.freshet.lab.bench.measure.ScratchDirectory;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How long a click takes to show in a served score. */
@Command(
    name = "freshness",
    description = {
      "Measures how long a click takes from Kafka to a score that reflects it.",
      "",
      "Its way is through broker, job, checkpoint, snapshot, follower and HTTP, under a"
          + " steady stream of impressions."
    },
    footer = {
      "",
      "Example:",
      "  java -jar freshet.jar bench freshness --checkpoint-interval 5000 --seconds 120"
    })
public final class FreshnessCommand extends Benchmark {
  @Option(
      names = "--checkpoint-interval",
      paramLabel = "MS",
      description = "Milliseconds from one checkpoint to the next (default: ${DEFAULT-VALUE}).")
  private int interval = 5000;

  @Option(
      names = "--seconds",
      description = "How long clicks are sent, after the warm-up (default: ${DEFAULT-VALUE}).")
  private int seconds = 120;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Other impressions a second (default: ${DEFAULT-VALUE}).")
  private int rate = 1000;

  @Option(
      names = "--clicks",
      paramLabel = "N",
      description = "Clicks a second that are timed (default: ${DEFAULT-VALUE}).")
  private int clicks = 5;

  @Option(names = "--seed", description = "Seed of the stream (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Overrides a key of the learner's configuration, such as join.breaker.window.")
  private List<String> overrides = List.of();

  @Override
  public Integer call() throws Exception {
    if (interval < 100 || seconds < 1 || rate < 1 || clicks < 1) {
      throw wrong(
          "--checkpoint-interval must be 100 or more; --seconds, --rate and --clicks 1 or more");
    }
    try (ScratchDirectory scratch = ScratchDirectory.create()) {
      FreshnessFigure figure =
          new FreshnessBench(
                  Duration.ofMillis(interval),
                  Duration.ofSeconds(seconds),
                  rate,
                  clicks,
                  seed,
                  overrides)
              .run(scratch.path());
      if (asJson()) {
        out().println(figure.json());
        out().flush();
      } else {
        figure.print(out());
      }
      return 0;
    }
  }
}
