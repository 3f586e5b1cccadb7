package io.freshet;

import io.freshet.cli.Failures;
import io.freshet.cli.FileSystemPlugins;
import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * A command with subcommands as the main class of a jar: {@code --debug}, the version, one line for
 * each failure.
 */
abstract class Program implements Callable<Integer> {
  private static final int MAX_PATH = 4096;
  private static final String EXIT_CODES = "Exit codes: 0 done, 1 failed, 2 wrong usage.";

  @Spec private CommandSpec spec;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of a failure.")
  private boolean debug;

  static CommandLine commandLine(Program program) {
    Failures failures = new Failures(program::isDebugging);
    CommandLine command = new CommandLine(program);
    complete(command);
    return command
        .registerConverter(Path.class, Program::path)
        .setExecutionExceptionHandler(failures)
        .setParameterExceptionHandler(failures)
        .setCaseInsensitiveEnumValuesAllowed(true);
  }

  private static Path path(String text) {
    if (text.length() > MAX_PATH) {
      throw new TypeConversionException("no path: longer than %s characters".formatted(MAX_PATH));
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new TypeConversionException("no path: " + e.getReason());
    }
  }

  /** Gives each command what all of them have: help, the version, and what exit codes mean. */
  private static void complete(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    spec.mixinStandardHelpOptions(true).versionProvider(new FreshetVersion());
    List<String> footer = new ArrayList<>(List.of(spec.usageMessage().footer()));
    if (footer.stream().noneMatch(line -> line.startsWith("Exit codes: "))) {
      footer.addAll(List.of("", EXIT_CODES));
    }
    spec.usageMessage().sortOptions(false).footer(footer.toArray(String[]::new));
    command.getSubcommands().values().forEach(Program::complete);
  }

  /** Runs a command line to the end of this process. */
  static void run(CommandLine command, Map<String, String> environment, String... args) {
    Locale.setDefault(Locale.ROOT); // Flink and its connectors write settings in the default one
    try {
      FileSystemPlugins.load(environment);
    } catch (RuntimeException e) {
      Failures.print(e, "freshet", false, command.getErr());
      System.exit(2);
    }
    System.exit(run(command, args));
  }

  /** Runs a command line to its exit code. */
  public static int run(CommandLine command, String... args) {
    try {
      return command.execute(args);
    } catch (Error e) { // picocli passes these on: no memory, a class that does not load
      Failures.print(e, "freshet", command.<Program>getCommand().isDebugging(), command.getErr());
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
