package io.freshet.cli.snapshot;

import io.freshet.interop.onnx.OnnxExport;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.store.Snapshot;
import io.freshet.snapshot.store.SnapshotReader;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes a version in a format of others. */
@Command(
    name = "export",
    description = {
      "Writes a version as a model that other servers run.",
      "",
      "The model takes sums of weights; with --tables it takes feature ids, and holds the rows."
    },
    footer = {
      "",
      "Example:",
      "  java -jar freshet.jar snapshot export --format onnx --to model.onnx \\",
      "      /var/lib/freshet/snapshots",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage."
    })
final class ExportCommand extends VersionCommand {
  /** What can be written. */
  enum Format {
    onnx
  }

  @Option(
      names = "--format",
      required = true,
      paramLabel = "FORMAT",
      description = "The format: ${COMPLETION-CANDIDATES}.")
  private Format format;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "FILE",
      description = "The file to write; one that is there is replaced.")
  private Path to;

  @Option(names = "--tables", description = "Write the rows of the embedding table too.")
  private boolean tables;

  @Override
  int run(PrintWriter out) throws IOException {
    Version version = version();
    Snapshot snapshot = new SnapshotReader(root().store()).load(version);
    Path part = to.resolveSibling(to.getFileName() + ".part");
    try {
      try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(part))) {
        new OnnxExport(snapshot, tables).write(file);
      }
      Files.move(part, to, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
    out.printf(Locale.ROOT, "%s as %s: %s, %,d bytes%n", version, format, to, Files.size(to));
    return 0;
  }
}
