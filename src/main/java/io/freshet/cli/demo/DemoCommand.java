package io.freshet.cli.demo;

import io.freshet.config.ConfigException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows the whole of it in one process: a stream, Kafka, the job, snapshots, a report. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    showDefaultValues = true,
    description = {
      "Learns from a simulated ad stream, or from files, with Kafka and Flink in this process;",
      "ends by itself and writes summary.json, report.html and the model's snapshots."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar freshet.jar demo",
      "  java -jar freshet.jar demo --data ml-latest-small --set parallelism=1",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage or configuration."
    })
public final class DemoCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--events", paramLabel = "N", description = "Impressions to simulate.")
  private long events = 600_000;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where results go; those of an earlier demo there are replaced.")
  private Path out = Path.of("freshet-demo");

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Learn from the files of this folder instead: MovieLens (ratings.csv, movies.csv), Open"
              + " Bandit (men.csv) or Criteo (train.tsv).")
  private Path data;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      description = "Partitions of the topics of events: 4, or 1 for recorded files, unless given.")
  private Integer partitions;

  @Option(names = "--seed", paramLabel = "N", description = "Another seed, another simulation.")
  private long seed = 42;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Overrides a key of the learner's configuration; repeatable.")
  private List<String> overrides = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    PrintWriter terminal = spec.commandLine().getOut();
    try {
      DemoFolder.prepare(out);
      var console = new DemoConsole(terminal, System.console() != null);
      DemoOutcome outcome = new Demo(stream(), out, overrides, partitions(), console).run();
      outcome.write(out);
      console.say("");
      terminal.print(
          outcome.summary().toText()
              + outcome.report().breakdown().toText()
              + outcome.comparison().toText());
      console.say("");
      console.say("  report        " + out.resolve("report.html"));
      return outcome.summary().exactlyOnce() ? 0 : 1;
    } catch (ConfigException e) {
      e.problems().forEach(spec.commandLine().getErr()::println);
      return 2;
    } catch (IOException e) {
      spec.commandLine().getErr().println("demo: " + e.getMessage());
      return 1;
    }
  }

  /** Files are a stream of their own order, which several partitions would only blur. */
  private int partitions() {
    return partitions != null ? partitions : data == null ? 4 : 1;
  }

  private DemoStream stream() throws IOException {
    if (events < 1 || partitions() < 1) {
      throw new ParameterException(
          spec.commandLine(), "--events and --partitions must be at least 1");
    }
    return data == null ? DemoStreams.simulated(events, seed) : DemoStreams.files(data);
  }
}
