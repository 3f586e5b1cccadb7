package io.freshet.lab.bench.serving;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.flink.util.FileUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How long a click takes to show in a served score. */
@Command(
    name = "freshness",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures how long a click takes from Kafka to a score that reflects it.",
      "",
      "Its way is through broker, job, checkpoint, snapshot, follower and HTTP, under a"
          + " steady stream of impressions."
    },
    footer = {
      "",
      "Example:",
      "  java -jar freshet.jar bench freshness --checkpoint-interval 5000 --seconds 120",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage."
    })
public final class FreshnessCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "Print one JSON object instead of a table.")
  private boolean json;

  @Option(
      names = "--checkpoint-interval",
      paramLabel = "MS",
      defaultValue = "5000",
      description = "Milliseconds from one checkpoint to the next (default: ${DEFAULT-VALUE}).")
  private int interval;

  @Option(
      names = "--seconds",
      defaultValue = "120",
      description = "How long clicks are sent, after the warm-up (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Impressions a second beside them (default: ${DEFAULT-VALUE}).")
  private int rate;

  @Option(
      names = "--clicks",
      paramLabel = "N",
      defaultValue = "5",
      description = "Clicks a second that are timed (default: ${DEFAULT-VALUE}).")
  private int clicks;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Seed of the stream (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Overrides a key of the learner's configuration, such as join.breaker.window.")
  private List<String> overrides = List.of();

  @Override
  public Integer call() throws Exception {
    if (interval < 100 || seconds < 1 || rate < 1 || clicks < 1) {
      throw new ParameterException(
          spec.commandLine(),
          "--checkpoint-interval must be 100 or more; --seconds, --rate and --clicks 1 or more");
    }
    Path directory = Files.createTempDirectory("freshet-freshness");
    try {
      FreshnessFigure figure =
          new FreshnessBench(
                  Duration.ofMillis(interval),
                  Duration.ofSeconds(seconds),
                  rate,
                  clicks,
                  seed,
                  overrides)
              .run(directory);
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(figure.json());
        out.flush();
      } else {
        figure.print(out);
      }
      return 0;
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }
}
