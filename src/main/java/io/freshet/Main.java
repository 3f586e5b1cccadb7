package io.freshet;

import io.freshet.cli.CompletionCommand;
import io.freshet.cli.Failures;
import io.freshet.cli.FileSystemPlugins;
import io.freshet.cli.config.ConfigCommand;
import io.freshet.cli.console.ConsoleCommand;
import io.freshet.cli.doctor.DoctorCommand;
import io.freshet.cli.serve.ServeCommand;
import io.freshet.cli.snapshot.SnapshotCommand;
import io.freshet.cli.status.StatusReporter;
import io.freshet.cli.topics.TopicsCommand;
import io.freshet.job.TrainCommand;
import io.freshet.job.pipeline.FreshetVersion;
import io.freshet.lab.bench.BenchCommand;
import io.freshet.lab.broker.BrokerCommand;
import io.freshet.lab.chaos.ChaosCommand;
import io.freshet.lab.demo.DemoCommand;
import io.freshet.lab.evaluate.EvaluateCommand;
import io.freshet.lab.fit.FitCommand;
import io.freshet.lab.replay.ReplayCommand;
import io.freshet.lab.simulate.SimulateCommand;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code freshet}: main class of the jar that holds everything. */
@Command(
    name = "freshet",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Learns a click model from Kafka, continuously, and publishes snapshots of it.",
    subcommands = {
      DemoCommand.class,
      ConfigCommand.class,
      DoctorCommand.class,
      TopicsCommand.class,
      TrainCommand.class,
      SimulateCommand.class,
      ReplayCommand.class,
      SnapshotCommand.class,
      BenchCommand.class,
      ServeCommand.class,
      EvaluateCommand.class,
      ConsoleCommand.class,
      FitCommand.class,
      BrokerCommand.class,
      ChaosCommand.class,
      CompletionCommand.class
    },
    footer = {
      "",
      "Examples:",
      "  java -jar freshet.jar train --help",
      "  java -jar freshet.jar train --config learner.yaml",
      "  java -jar freshet.jar snapshot ls /var/lib/freshet/snapshots",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage or configuration.",
      "",
      "Environment:",
      "  FRESHET_DEBUG=1     is --debug",
      "  FRESHET_LOG=INFO    logs more than warnings",
      "  FLINK_PLUGINS_DIR   has a folder for each plugin, as that for s3://",
      "  FLINK_CONF_DIR      has the config.yaml with their settings"
    })
public final class Main implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of a failure.")
  private boolean debug;

  private Main() {}

  public static void main(String[] args) {
    CommandLine command = commandLine();
    try {
      FileSystemPlugins.load(System.getenv());
    } catch (RuntimeException e) {
      Failures.print(e, "freshet", false, command.getErr());
      System.exit(2);
    }
    System.exit(run(command, args));
  }

  /** The command with its subcommands, as {@code main} runs it. */
  public static CommandLine commandLine() {
    Main main = new Main();
    Failures failures = new Failures(main::isDebugging);
    CommandLine command = new CommandLine(main);
    tellVersion(command);
    command
        .getSubcommands()
        .get("train")
        .<TrainCommand>getCommand()
        .inProcess(StatusReporter::addTo);
    return command
        .setExecutionExceptionHandler(failures)
        .setParameterExceptionHandler(failures)
        .setCaseInsensitiveEnumValuesAllowed(true);
  }

  private static void tellVersion(CommandLine command) {
    command.getCommandSpec().versionProvider(new FreshetVersion());
    command.getSubcommands().values().forEach(Main::tellVersion);
  }

  /** Runs a command line to its exit code. */
  public static int run(CommandLine command, String... args) {
    try {
      return command.execute(args);
    } catch (Error e) { // picocli passes these on: no memory, a class that does not load
      Failures.print(e, "freshet", command.<Main>getCommand().isDebugging(), command.getErr());
      return 1;
    }
  }

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    spec.commandLine().usage(err);
    err.flush();
    return 2;
  }

  private boolean isDebugging() {
    return debug || "1".equals(System.getenv("FRESHET_DEBUG"));
  }
}
