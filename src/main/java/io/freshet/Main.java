package io.freshet;

import io.freshet.cli.CompletionCommand;
import io.freshet.cli.config.ConfigCommand;
import io.freshet.cli.console.ConsoleCommand;
import io.freshet.cli.doctor.DoctorCommand;
import io.freshet.cli.serve.ServeCommand;
import io.freshet.cli.snapshot.SnapshotCommand;
import io.freshet.cli.status.LocalTraining;
import io.freshet.cli.topics.TopicsCommand;
import io.freshet.job.TrainCommand;
import io.freshet.lab.bench.BenchCommand;
import io.freshet.lab.broker.BrokerCommand;
import io.freshet.lab.chaos.ChaosCommand;
import io.freshet.lab.demo.DemoCommand;
import io.freshet.lab.evaluate.EvaluateCommand;
import io.freshet.lab.fit.FitCommand;
import io.freshet.lab.replay.ReplayCommand;
import io.freshet.lab.simulate.SimulateCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code freshet}: main class of the jar that holds everything. */
@Command(
    name = "freshet",
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
public final class Main extends Program {
  private Main() {}

  public static void main(String[] args) {
    run(commandLine(), System.getenv(), args);
  }

  /** The command with its subcommands, as {@code main} runs it. */
  public static CommandLine commandLine() {
    CommandLine command = commandLine(new Main());
    command
        .getSubcommands()
        .get("train")
        .<TrainCommand>getCommand()
        .followedBy(new LocalTraining(System.err, System.console() != null));
    return command;
  }
}
