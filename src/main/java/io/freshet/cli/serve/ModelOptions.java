package io.freshet.cli.serve;

import io.freshet.config.option.ValueType;
import io.freshet.serve.models.ModelSpec;
import io.freshet.serve.models.ModelSpec.Disk;
import io.freshet.serve.models.ModelsSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which models are served: one by options, or those of a file. */
final class ModelOptions {
  private static final int USUAL_MEMORY = 256; // MiB

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @ArgGroup(multiplicity = "1")
  private Source source;

  /** One of the two. */
  private static final class Source {
    @Option(
        names = "--snapshots",
        paramLabel = "ROOT",
        description =
            "The snapshot root: a folder, or a URI such as s3://bucket/snapshots; it may be empty"
                + " yet.")
    private String root;

    @Option(
        names = "--models",
        paramLabel = "FILE",
        description =
            "YAML that names several models, with a root, a store and a version of each, and splits"
                + " requests between them; changes of it are followed.")
    private Path file;
  }

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The model's name in paths; the one that the snapshots say by default.")
  private String name;

  @Option(
      names = "--poll",
      paramLabel = "MILLIS",
      description = "Milliseconds between two looks at the pointer.")
  private int pollMillis = 500;

  @Option(
      names = "--store",
      paramLabel = "KIND",
      description = "Where the rows lie: ${COMPLETION-CANDIDATES}.")
  private StoreOption store = StoreOption.memory;

  @Option(
      names = "--store-dir",
      paramLabel = "DIR",
      description =
          "Folder of --store rocksdb, on a local disk; kept for the next start. Has"
              + " room for two models, as a full is loaded while the old one is served.")
  private Path storeFolder;

  @Option(
      names = "--store-memory",
      paramLabel = "MIB",
      description = "MiB outside the heap for --store rocksdb.")
  private int storeMemory = USUAL_MEMORY;

  /** Values of {@code --store}, spelled as on the command line. */
  enum StoreOption {
    memory,
    rocksdb
  }

  /** The file of models, where there is one. */
  Optional<Path> file() {
    return Optional.ofNullable(source.file);
  }

  /** What to call the source of the models. */
  String source() {
    return source.file == null ? source.root : source.file.toString();
  }

  Duration poll() {
    return Duration.ofMillis(pollMillis);
  }

  /** The models that are there at the start. */
  ModelsSpec models() {
    check();
    return source.file == null ? ModelsSpec.of(model()) : ModelsSpec.read(source.file);
  }

  private ModelSpec model() {
    return new ModelSpec(
        Optional.ofNullable(name),
        ValueType.directory().parse().apply(source.root).orElse(source.root),
        Optional.ofNullable(storeFolder).map(folder -> new Disk(folder, (long) storeMemory << 20)),
        Optional.empty());
  }

  private void check() {
    if (source.file != null
        && (name != null || store != StoreOption.memory || storeFolder != null)) {
      throw wrong(
          "--name, --store and --store-dir are for one model; put them into " + source.file);
    }
    if ((store == StoreOption.rocksdb) != (storeFolder != null)) {
      throw wrong("--store rocksdb and --store-dir DIR go together");
    }
    if (storeMemory < 16) {
      throw wrong("--store-memory " + storeMemory + " is too little; expected 16 or more");
    }
    if (pollMillis < 1) {
      throw wrong("--poll " + pollMillis + " is no pause; expected 1 or more");
    }
  }

  private ParameterException wrong(String what) {
    return new ParameterException(command.commandLine(), what);
  }
}
