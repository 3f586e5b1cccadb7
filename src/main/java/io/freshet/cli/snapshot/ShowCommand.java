package io.freshet.cli.snapshot;

import io.freshet.snapshot.Manifest;
import io.freshet.snapshot.Version;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what one version is. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = "Shows a version: the model's shape, its features, metrics, offsets and files.",
    footer = {
      "",
      "Examples:",
      "  java -jar freshet.jar snapshot show /var/lib/freshet/snapshots",
      "  java -jar freshet.jar snapshot show --json /var/lib/freshet/snapshots \\",
      "      3f9a1c07-0000000012",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage."
    })
final class ShowCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "ROOT",
      converter = SnapshotRoot.Converter.class,
      description = "The snapshot root: a folder or a file: URI.")
  private SnapshotRoot root;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "VERSION",
      converter = SnapshotRoot.VersionConverter.class,
      description = "The version; the current one by default.")
  private Version version;

  @Option(names = "--json", description = "Print the manifest as it is.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    Version shown = root.orLatest(version);
    Manifest manifest = root.store().manifest(shown);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(text(shown).strip());
    } else {
      new ManifestText(manifest).print(out);
    }
    out.flush();
    return 0;
  }

  private String text(Version shown) throws IOException {
    try (InputStream in = root.storage().open(shown + "/" + Manifest.FILE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
