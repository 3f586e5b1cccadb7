package io.freshet.lab.demo;

import io.freshet.cli.console.Ports;
import io.freshet.config.option.ConfigException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows everything in one process: a stream, Kafka, the job, snapshots, a report. */
@Command(
    name = "demo",
    showDefaultValues = true,
    description = {
      "Learns from a simulated ad stream, or from files, all in this process.",
      "",
      "Kafka and Flink run in it too. It ends by itself and writes summary.json,"
          + " report.html and the model's snapshots. A page shows the run in a browser"
          + " meanwhile, and after it with --keep-open."
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
      names = "--console-port",
      paramLabel = "PORT",
      description =
          "Port of the page that shows the run in a browser, 0 for any free one; by"
              + " default 8600, or any if it is taken.")
  private Integer consolePort;

  @Option(names = "--keep-open", description = "Keep the page, and Kafka behind it, until Ctrl-C.")
  private boolean keepOpen;

  @Option(names = "--without-console", description = "Without that page.")
  private boolean withoutConsole;

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
      var console = new DemoTerminal(terminal, System.console() != null);
      Demo demo = new Demo(stream(), out, overrides, partitions(), console);
      if (!withoutConsole) {
        demo.withPage(place());
      }
      DemoOutcome outcome = demo.run(ended -> end(ended, console));
      return outcome.summary().exactlyOnce() ? 0 : 1;
    } catch (ConfigException e) {
      e.problems().forEach(spec.commandLine().getErr()::println);
      return 2;
    } catch (IOException e) {
      spec.commandLine().getErr().println("demo: " + e.getMessage());
      return 1;
    }
  }

  private void end(DemoOutcome outcome, DemoTerminal console)
      throws IOException, InterruptedException {
    outcome.write(out);
    console.say("");
    console.say(
        (outcome.summary().toText()
                + outcome.report().breakdown().toText()
                + outcome.comparison().toText())
            .stripTrailing());
    console.say("");
    console.say("  report        " + out.resolve("report.html"));
    if (keepOpen) {
      console.say("  the console stays open until Ctrl-C");
      new CountDownLatch(1).await();
    }
  }

  private DemoPage.Place place() {
    Ports.check(spec.commandLine(), "--console-port", consolePort);
    return new DemoPage.Place(
        consolePort == null ? OptionalInt.empty() : OptionalInt.of(consolePort), keepOpen);
  }

  /** Files have an order, which several partitions would blur. */
  private int partitions() {
    return partitions != null ? partitions : data == null ? 4 : 1;
  }

  private DemoStream stream() throws IOException {
    if (events < 1 || partitions() < 1) {
      throw new ParameterException(
          spec.commandLine(), "--events and --partitions must be at least 1");
    }
    return data == null ? DemoStream.simulated(events, seed) : DemoStream.files(data);
  }
}
