package io.freshet.cli.snapshot;

import io.freshet.config.option.ValueType;
import io.freshet.snapshot.RetentionSettings;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.maintain.Compaction;
import io.freshet.snapshot.maintain.GarbageCollection;
import io.freshet.snapshot.storage.FlinkStorage;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.storage.Storage;
import io.freshet.snapshot.storage.WritableStorage;
import io.freshet.snapshot.store.Pointer;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A snapshot root, as a command is given it: a folder, or what one of Flink's file systems knows.
 */
public final class SnapshotRoot {
  private final WritableStorage storage;

  private SnapshotRoot(WritableStorage storage) {
    this.storage = storage;
  }

  public SnapshotStore store() {
    return new SnapshotStore(storage);
  }

  Pointer pointer() {
    return Pointer.of(storage);
  }

  Compaction merge() {
    return Compaction.of(storage);
  }

  GarbageCollection prune(RetentionSettings settings) {
    return GarbageCollection.of(storage, settings);
  }

  Storage storage() {
    return storage;
  }

  /**
   * The version, or the current one in place of null.
   *
   * @throws IOException when there is no current version
   */
  public Version orLatest(Version version) throws IOException {
    if (version != null) {
      return version;
    }
    return store()
        .latest()
        .orElseThrow(() -> new IOException("nothing has been published in " + storage + " yet"));
  }

  @Override
  public String toString() {
    return storage.toString();
  }

  /** Reads a folder, a {@code file:} URI, or one that a plugin's file system knows. */
  public static final class Converter implements ITypeConverter<SnapshotRoot> {
    @Override
    public SnapshotRoot convert(String text) {
      return at(ValueType.directory().parse().apply(text).orElse(text));
    }

    private static SnapshotRoot at(String text) {
      try {
        return new SnapshotRoot(
            text.contains("://") && !text.startsWith("file:")
                ? FlinkStorage.at(text)
                : new LocalStorage(folder(text)));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException("\"%s\": %s".formatted(text, e.getMessage()));
      } catch (IOException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }

    private static Path folder(String text) {
      Path folder = Path.of(text.replaceFirst("^file:(//)?", ""));
      if (!Files.isDirectory(folder)) {
        throw new TypeConversionException("there is no folder " + folder);
      }
      return folder;
    }
  }

  /** Reads the name of a version. */
  public static final class VersionConverter implements ITypeConverter<Version> {
    @Override
    public Version convert(String text) {
      return Version.parse(text)
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "\"%s\" is not a version such as 3f9a1c07-0000000012".formatted(text)));
    }
  }
}
