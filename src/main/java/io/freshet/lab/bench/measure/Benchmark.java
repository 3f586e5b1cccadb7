package io.freshet.lab.bench.measure;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that measures, and prints figures as a table or as JSON. */
public abstract class Benchmark implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "Print JSON instead of a table.")
  private boolean json;

  protected final boolean asJson() {
    return json;
  }

  protected final PrintWriter out() {
    return spec.commandLine().getOut();
  }

  protected final PrintWriter err() {
    return spec.commandLine().getErr();
  }

  protected final ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  protected final void check(boolean good, String expected) {
    if (!good) {
      throw wrong(expected);
    }
  }
}
