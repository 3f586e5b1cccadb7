package io.freshet.lab.docs;

import io.freshet.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import picocli.CommandLine;

/**
 * What a command line came to.
 *
 * @param code its exit code
 * @param out what it printed
 * @param err what it complained about
 */
public record CommandRun(int code, String out, String err) {

  /** Runs {@code freshet} with these arguments, in this process. */
  public static CommandRun of(String... args) {
    return of(Main.commandLine(), args);
  }

  /** Runs it so that what it prints can be read meanwhile; returns its exit code. */
  public static int printingTo(Writer out, String... args) {
    PrintWriter printed = new PrintWriter(out, true);
    return Main.run(Main.commandLine().setOut(printed).setErr(printed), args);
  }

  public static CommandRun of(CommandLine command, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    command.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int code = Main.run(command, args);
    return new CommandRun(code, out.toString(), err.toString());
  }
}
