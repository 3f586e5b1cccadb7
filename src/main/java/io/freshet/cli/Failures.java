package io.freshet.cli;

import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What a person sees of a failure: one line that says which command failed and why. The stack trace
 * is for those who ask for it.
 */
public final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
  private static final int MAX_LENGTH = 1500;

  private final BooleanSupplier debugging;

  public Failures(BooleanSupplier debugging) {
    this.debugging = debugging;
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
    print(e, nameOf(command.getCommandSpec()), debugging.getAsBoolean(), command.getErr());
    if (e instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    return 1;
  }

  @Override
  public int handleParseException(ParameterException thrown, String[] args) {
    CommandLine command = thrown.getCommandLine();
    ParameterException e =
        thrown instanceof MissingParameterException ? mistyped(thrown, args) : thrown;
    PrintWriter err = command.getErr();
    String name = command.getCommandSpec().qualifiedName();
    err.println(nameOf(command.getCommandSpec()) + ": " + oneLine(e.getMessage()));
    UnmatchedArgumentException.printSuggestions(e, err);
    err.println("Try \"%s --help\".".formatted(name));
    err.flush();
    return 2;
  }

  /** Of an option that is missing and one that is unknown, the latter is the better hint. */
  private static ParameterException mistyped(ParameterException missing, String[] args) {
    CommandLine command = missing.getCommandLine();
    return Arrays.stream(args)
        .filter(arg -> arg.matches("--?[A-Za-z].*"))
        .map(arg -> arg.replaceFirst("=.*", ""))
        .filter(name -> command.getCommandSpec().findOption(name) == null)
        .findFirst()
        .<ParameterException>map(name -> new UnmatchedArgumentException(command, List.of(name)))
        .orElse(missing);
  }

  /** Prints the line, and the stack trace if it is wanted. */
  public static void print(Throwable failure, String command, boolean trace, PrintWriter err) {
    err.println(command + ": " + describe(failure));
    if (trace) {
      failure.printStackTrace(err);
    }
    err.flush();
  }

  /** What failed, and the root of it: what lies between is for the stack trace. */
  static String describe(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String top = sentence(failure);
    String reason = sentence(root);
    return top.contains(reason) ? top : top.replaceFirst("\\.$", "") + ": " + reason;
  }

  private static String sentence(Throwable failure) {
    String message = oneLine(Objects.requireNonNullElse(failure.getMessage(), ""));
    if (failure instanceof NoSuchFileException) {
      return "there is no file " + message;
    }
    if (failure instanceof AccessDeniedException) {
      return "not allowed to open " + message;
    }
    String name = failure.getClass().getSimpleName();
    if (message.isEmpty()) {
      return name;
    }
    // a lone word, as the name of a host or a class, says nothing by itself
    return message.contains(" ") ? message : name + ": " + message;
  }

  /** A line that a terminal shows as it is, and not longer than a screen. */
  private static String oneLine(String text) {
    String line = text.strip().replaceAll("\\s*\\R\\s*", " ");
    String shown = line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH) + "…";
    return shown.replaceAll("[\\p{Cc}\\p{Cf}]", " ");
  }

  /** {@code snapshot ls}, without the name of the root. */
  private static String nameOf(CommandSpec spec) {
    String name = spec.qualifiedName();
    String root = spec.root().name() + " ";
    return name.startsWith(root) ? name.substring(root.length()) : name;
  }
}
