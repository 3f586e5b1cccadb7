package io.freshet.cli.snapshot;

import io.freshet.config.LearnerConfig;
import io.freshet.config.option.ConfigException;
import io.freshet.interop.torch.ImportMapping;
import io.freshet.interop.torch.ModelImport;
import io.freshet.interop.torch.ModelImport.Imported;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.storage.FlinkStorage;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.storage.WritableStorage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes a version of a model that was trained elsewhere. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a version of a model that was trained with PyTorch.",
      "",
      "The version is of the learner's shape and goes to its snapshot.root. It becomes the"
          + " current one if there is none yet."
    },
    footer = {
      "",
      "Example:",
      "  java -jar freshet.jar snapshot import --config learner.yaml \\",
      "      --from model.safetensors --mapping mapping.yaml",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage or configuration."
    })
final class ImportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The learner's configuration (YAML).")
  private Path config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Overrides a key of the configuration, as model.embedding-size=16; repeatable.")
  private List<String> overrides = new ArrayList<>();

  @Option(
      names = "--from",
      required = true,
      paramLabel = "FILE",
      description = "The tensors (safetensors).")
  private Path tensors;

  @Option(
      names = "--mapping",
      required = true,
      paramLabel = "FILE",
      description = "Which tensor is what (YAML). Names of files in it are relative to its folder.")
  private Path mapping;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    try {
      LearnerConfig learner = LearnerConfig.read(config, overrides);
      Path folder = mapping.toAbsolutePath().getParent();
      ModelImport models =
          new ModelImport(learner, ImportMapping.read(mapping), folder, InstantSource.system());
      String root = learner.snapshot().root();
      print(models.write(tensors, storage(root)), root, out, err);
      return 0;
    } catch (ConfigException e) {
      e.problems().forEach(err::println);
      return 2;
    } finally {
      out.flush();
      err.flush();
    }
  }

  private static WritableStorage storage(String root) throws IOException {
    if (!root.startsWith("file:")) {
      return FlinkStorage.at(root);
    }
    Path folder = Path.of(root.replaceFirst("^file:(//)?", ""));
    return new LocalStorage(Files.createDirectories(folder));
  }

  private record Report(String version, long rows, boolean current, Set<String> unused) {}

  private void print(Imported imported, String root, PrintWriter out, PrintWriter err) {
    Manifest manifest = imported.manifest();
    String version = manifest.version().toString();
    if (json) {
      out.println(
          RootCommand.json(
              new Report(version, manifest.rows(), imported.current(), imported.unused())));
      return;
    }
    imported.unused().forEach(name -> err.println("warning: tensor \"" + name + "\" is not used"));
    out.printf(Locale.ROOT, "%s in %s: %,d rows%n", version, root, manifest.rows());
    if (!imported.current()) {
      out.println("another version is current; snapshot rollback makes this one so");
    }
  }
}
