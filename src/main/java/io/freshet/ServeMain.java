package io.freshet;

import io.freshet.cli.console.ConsoleCommand;
import io.freshet.cli.serve.ServeCommand;
import io.freshet.cli.snapshot.SnapshotCommand;
import picocli.CommandLine.Command;

/** The command {@code freshet} without the learner: main class of the jar that serves. */
@Command(
    name = "freshet",
    description = "Serves snapshots of a click model, and looks after them.",
    subcommands = {ServeCommand.class, ConsoleCommand.class, SnapshotCommand.class},
    footer = {
      "",
      "Example:",
      "  java -jar freshet-serve.jar serve --snapshots /var/lib/freshet/snapshots",
      "",
      "The learner, its demo and tools are in freshet.jar.",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage.",
      "",
      "Environment:",
      "  FRESHET_DEBUG=1     is --debug",
      "  FRESHET_LOG=INFO    logs more than warnings",
      "  FLINK_PLUGINS_DIR   has a folder for each plugin, as that for s3://",
      "  FLINK_CONF_DIR      has the config.yaml with their settings"
    })
public final class ServeMain extends Program {
  private ServeMain() {}

  public static void main(String[] args) {
    run(commandLine(new ServeMain()), System.getenv(), args);
  }
}
