package io.freshet.cli.snapshot;

import io.freshet.cli.snapshot.text.FeatureId;
import io.freshet.cli.snapshot.text.ManifestText;
import io.freshet.cli.snapshot.text.RowText;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.store.SnapshotReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows what one version is, or one row of it. */
@Command(
    name = "show",
    description =
        "Shows a version: shape, features, experts, metrics, offsets and files; or a row of it.",
    footer = {
      "",
      "Examples:",
      "  java -jar freshet.jar snapshot show /var/lib/freshet/snapshots",
      "  java -jar freshet.jar snapshot show --json /var/lib/freshet/snapshots \\",
      "      3f9a1c07-0000000012",
      "  java -jar freshet.jar snapshot show --field user=u17 /var/lib/freshet/snapshots",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage."
    })
final class ShowCommand extends VersionCommand {
  /** What to show in place of the description for people; one of them at most. */
  private static final class Form {
    @Option(names = "--json", description = "Print the manifest as it is.")
    private boolean json;

    @Option(
        names = "--field",
        paramLabel = "FIELD=VALUE",
        description = "Print the row of a field's value, as in user=u17; user= is a missing user.")
    private String field;

    @Option(
        names = "--fid",
        paramLabel = "FID",
        description = "Print the row of a feature id: a number, or in hexadecimal after 0x.")
    private String fid;
  }

  @ArgGroup private Form form = new Form();

  @Override
  int run(PrintWriter out) throws IOException {
    Version shown = version();
    Manifest manifest = root().store().manifest(shown);
    if (form.json) {
      out.println(text(shown).strip());
    } else if (form.field != null || form.fid != null) {
      long id = id(manifest);
      new RowText(new SnapshotReader(root().store()).load(shown), id).print(out);
    } else {
      SnapshotReader reader = new SnapshotReader(root().store());
      new ManifestText(manifest, reader.dense(manifest).gauge()).print(out);
    }
    return 0;
  }

  private long id(Manifest manifest) {
    try {
      return form.fid != null
          ? FeatureId.parse(form.fid)
          : FeatureId.of(form.field, manifest.schema());
    } catch (IllegalArgumentException e) {
      throw wrongUsage(e.getMessage());
    }
  }

  private String text(Version shown) throws IOException {
    try (InputStream in = root().storage().open(shown + "/" + Manifest.FILE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
