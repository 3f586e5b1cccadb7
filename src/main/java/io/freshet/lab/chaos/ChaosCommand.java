package io.freshet.lab.chaos;

import io.freshet.lab.chaos.fault.ChaosPlan;
import io.freshet.lab.chaos.fault.ChaosPlan.Means;
import io.freshet.lab.chaos.fault.ChaosSettings;
import io.freshet.lab.chaos.fault.SmallDisk;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.apache.flink.util.FileUtils;
import org.apache.logging.log4j.core.config.Configurator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Kills processes of a real cluster while it learns, and proves that nothing was lost. */
@Command(
    name = "chaos",
    showDefaultValues = true,
    description = {
      "Kills the processes of a cluster that learns, and compares with an oracle.",
      "",
      "Runs a Kafka broker, a Flink job manager and task managers as processes, kills"
          + " and restarts them by a plan drawn from the seed while a stream is learned, and"
          + " compares what is left with a plain oracle over the same records."
    },
    footer = {
      "",
      "The seed draws the stream, the state backend, the parallelism, and each strike:"
          + " when, what, and in which moment of the work. A job manager that was killed is"
          + " replaced from the newest retained checkpoint.",
      "",
      "Examples:",
      "  java -jar freshet.jar chaos --seed 7 --minutes 2",
      "  java -jar freshet.jar chaos --seed 7 --set checkpoint.backend=hashmap --json outcome.json",
      "  java -jar freshet.jar chaos --seeds 1-30",
      "",
      "Exit codes: 0 no difference, 1 a difference or a failure, 2 wrong usage."
    })
public final class ChaosCommand implements Callable<Integer> {
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

  @Spec private CommandSpec spec;

  @Option(names = "--seed", paramLabel = "N", description = "Of the plan and of the stream.")
  private long seed = 1;

  @Option(
      names = "--seeds",
      paramLabel = "A-B",
      converter = SeedRange.Converter.class,
      description =
          "Runs these seeds one after the other; the folder of a run without a difference is"
              + " deleted.")
  private SeedRange seeds;

  @Option(names = "--minutes", paramLabel = "M", description = "How long each stream flows.")
  private double minutes = 1;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where logs, checkpoints and snapshots go; must not exist.")
  private Path out = Path.of("freshet-chaos");

  @Option(
      names = "--disk",
      paramLabel = "DIR",
      description =
          "A folder on a file system of its own of at most 1 GiB, for checkpoints, snapshots and"
              + " local state; some faults fill it. One that fsfreeze can freeze, such as ext4 in a"
              + " file, is slow at times too. Without it no disk is full or slow.")
  private Path disk;

  @Option(
      names = "--network",
      description =
          "Each process on a host of its own, a network namespace of Linux; some faults are"
              + " partitions between them. Needs root and the command ip.")
  private boolean network;

  @Option(names = "--rate", paramLabel = "N", description = "Records a second.")
  private double rate = 1000;

  @Option(names = "--task-managers", paramLabel = "N", description = "Of two slots each.")
  private int taskManagers = 2;

  @Option(names = "--json", paramLabel = "FILE", description = "Writes the outcome there too.")
  private Path json;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Overrides a key of the learner's configuration, or what the seed drew of it.")
  private List<String> overrides = new ArrayList<>();

  private final List<ChaosOutcome> outcomes = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    check();
    logToFile();
    int unfinished = seeds == null ? one() : all();
    if (!outcomes.isEmpty()) {
      tell("\n" + new ChaosTable(outcomes));
    }
    return unfinished == 0 && outcomes.stream().allMatch(ChaosOutcome::isExact) ? 0 : 1;
  }

  private int one() throws Exception {
    try {
      ChaosOutcome outcome = run(seed, out, this::say);
      tell(outcome.toText());
      say(outcome.summary());
      return 0;
    } catch (IOException e) {
      complain(seed, out, e);
      return 1;
    }
  }

  /** Prints a line for each; runs that differ or fail keep their folder. */
  private int all() throws Exception {
    int unfinished = 0;
    for (long each = seeds.first(); each <= seeds.last(); each++) {
      Path folder = out.resolve("seed-" + each);
      try {
        ChaosOutcome outcome = run(each, folder, line -> {});
        say(outcome.summary());
        if (outcome.isExact()) {
          FileUtils.deleteDirectory(folder.toFile());
          if (disk != null) {
            FileUtils.deleteDirectory(disk.resolve(folder.getFileName()).toFile());
          }
        } else {
          tell(outcome.toText());
        }
      } catch (IOException | IllegalStateException e) {
        unfinished++;
        complain(each, folder, e);
      }
    }
    return unfinished;
  }

  private ChaosOutcome run(long each, Path folder, Consumer<String> log) throws Exception {
    Duration length = Duration.ofMillis((long) (minutes * 60_000));
    ChaosPlan plan =
        ChaosPlan.draw(each, length, taskManagers, taskManagers * ChaosSettings.SLOTS, means());
    ChaosSettings settings =
        new ChaosSettings(
            each,
            length,
            rate,
            taskManagers,
            plan,
            folder,
            network,
            Optional.ofNullable(disk),
            overrides);
    ChaosOutcome outcome = new ChaosRun(settings, log).run();
    outcomes.add(outcome);
    if (json != null) {
      OutcomeJson.write(json, outcomes);
    }
    return outcome;
  }

  private Set<Means> means() throws IOException {
    Set<Means> means = EnumSet.noneOf(Means.class);
    if (network) {
      means.add(Means.NETWORK);
    }
    if (disk != null) {
      means.add(Means.DISK);
      if (SmallDisk.of(disk).canBeSlow()) {
        means.add(Means.SLOW_DISK);
      }
    }
    return means;
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
    if (disk != null) {
      checkDisk();
    }
  }

  private void checkDisk() {
    try {
      SmallDisk.of(disk);
    } catch (IOException e) {
      throw new ParameterException(spec.commandLine(), "--disk: " + e.getMessage(), e);
    }
  }

  /** Clients log at length while the broker is away, which is expected here. */
  private void logToFile() throws IOException, URISyntaxException {
    Path log = Files.createDirectories(out).resolve("chaos.log");
    System.setProperty("freshet.chaos.log", log.toString());
    Configurator.reconfigure(ChaosCommand.class.getResource("log4j2-chaos.properties").toURI());
    say("what Kafka's and Flink's clients log goes to " + log);
  }

  private void complain(long each, Path folder, Exception e) {
    PrintWriter err = spec.commandLine().getErr();
    String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    err.println("seed " + each + " did not finish: " + reason);
    err.println("its logs are in " + folder.resolve("logs"));
    err.flush();
  }

  private void say(String line) {
    tell(CLOCK.format(LocalTime.now(ZoneId.systemDefault())) + " " + line);
  }

  private void tell(String text) {
    PrintWriter terminal = spec.commandLine().getOut();
    terminal.println(text);
    terminal.flush();
  }
}
