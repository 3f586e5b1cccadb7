package io.freshet.cli.snapshot;

import io.freshet.wire.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A command that works on a snapshot root. */
@Command(mixinStandardHelpOptions = true)
abstract class RootCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "ROOT",
      converter = SnapshotRoot.Converter.class,
      description = "The snapshot root: a folder, or a URI such as s3://bucket/snapshots.")
  private SnapshotRoot root;

  @Override
  public final Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    int code = run(out);
    out.flush();
    return code;
  }

  /** Does the work, and returns the exit code. */
  abstract int run(PrintWriter out) throws IOException;

  final SnapshotRoot root() {
    return root;
  }

  final PrintWriter err() {
    return spec.commandLine().getErr();
  }

  final ParameterException wrongUsage(String problem) {
    return new ParameterException(spec.commandLine(), problem);
  }

  static String json(Object value) {
    return new String(Json.line(value), StandardCharsets.UTF_8);
  }
}
