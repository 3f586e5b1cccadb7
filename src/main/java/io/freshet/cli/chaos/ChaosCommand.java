package io.freshet.cli.chaos;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Kills processes of a real cluster while it learns, and proves that nothing was lost. */
@Command(
    name = "chaos",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    showDefaultValues = true,
    description = {
      "Runs a Kafka broker, a Flink job manager and task managers as processes, kills and restarts",
      "them by a plan drawn from the seed while a stream is learned, and compares what is left",
      "with a plain oracle over the same records."
    },
    footer = {
      "",
      "A job manager that was killed is replaced from the newest retained checkpoint.",
      "",
      "Examples:",
      "  java -jar freshet.jar chaos --seed 7 --minutes 2",
      "  java -jar freshet.jar chaos --seed 7 --set checkpoint.backend=hashmap",
      "",
      "Exit codes: 0 no difference, 1 a difference or a failure, 2 wrong usage."
    })
public final class ChaosCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--seed", paramLabel = "N", description = "Of the plan and of the stream.")
  private long seed = 1;

  @Option(names = "--minutes", paramLabel = "M", description = "How long the stream flows.")
  private double minutes = 1;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where logs, checkpoints and snapshots go; must not exist.")
  private Path out = Path.of("freshet-chaos");

  @Option(names = "--rate", paramLabel = "N", description = "Records a second.")
  private double rate = 1000;

  @Option(names = "--task-managers", paramLabel = "N", description = "Of two slots each.")
  private int taskManagers = 2;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Overrides a key of the learner's configuration; repeatable.")
  private List<String> overrides = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    check();
    PrintWriter terminal = spec.commandLine().getOut();
    Duration length = Duration.ofMillis((long) (minutes * 60_000));
    int slots = taskManagers * ChaosSettings.SLOTS;
    ChaosSettings settings =
        new ChaosSettings(
            seed,
            length,
            rate,
            taskManagers,
            ChaosPlan.draw(seed, length, taskManagers, slots),
            out,
            overrides);
    try {
      ChaosOutcome outcome = new ChaosRun(settings, line -> say(terminal, line)).run();
      terminal.print(outcome.toText());
      terminal.flush();
      return outcome.isExact() ? 0 : 1;
    } catch (IOException e) {
      say(spec.commandLine().getErr(), "chaos, seed " + seed + ": " + e.getMessage());
      say(spec.commandLine().getErr(), "logs are in " + out.resolve("logs"));
      return 1;
    }
  }

  private void check() {
    if (!(minutes > 0) || !(rate > 0) || taskManagers < 1) {
      throw new ParameterException(
          spec.commandLine(), "--minutes, --rate and --task-managers must be above 0");
    }
    if (Files.exists(out)) {
      throw new ParameterException(
          spec.commandLine(), "--out " + out + " exists: name another folder or remove it");
    }
  }

  private static void say(PrintWriter terminal, String line) {
    terminal.println(LocalTime.now().truncatedTo(ChronoUnit.SECONDS) + " " + line);
    terminal.flush();
  }
}
