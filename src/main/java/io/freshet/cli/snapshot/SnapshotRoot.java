package io.freshet.cli.snapshot;

import io.freshet.snapshot.LocalStorage;
import io.freshet.snapshot.Merge;
import io.freshet.snapshot.Pointer;
import io.freshet.snapshot.Prune;
import io.freshet.snapshot.RetentionSettings;
import io.freshet.snapshot.SnapshotStore;
import io.freshet.snapshot.Storage;
import io.freshet.snapshot.Version;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A local snapshot root, as a command is given it. */
public final class SnapshotRoot {
  private final Path folder;
  private final LocalStorage storage;

  private SnapshotRoot(Path folder) {
    this.folder = folder;
    storage = new LocalStorage(folder);
  }

  public SnapshotStore store() {
    return new SnapshotStore(storage);
  }

  Pointer pointer() {
    return Pointer.of(storage);
  }

  Merge merge() {
    return Merge.of(storage);
  }

  Prune prune(RetentionSettings settings) {
    return Prune.of(storage, settings);
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
        .orElseThrow(() -> new IOException("nothing has been published in " + folder + " yet"));
  }

  @Override
  public String toString() {
    return folder.toString();
  }

  /** Reads a folder or a {@code file:} URI. */
  public static final class Converter implements ITypeConverter<SnapshotRoot> {
    @Override
    public SnapshotRoot convert(String text) {
      Path folder = path(text);
      if (!Files.isDirectory(folder)) {
        throw new TypeConversionException("there is no folder " + folder);
      }
      return new SnapshotRoot(folder);
    }

    private static Path path(String text) {
      try {
        if (text.startsWith("file:")) {
          return Path.of(URI.create(text));
        }
        if (!text.contains("://")) {
          return Path.of(text);
        }
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException("\"%s\": %s".formatted(text, e.getMessage()));
      }
      throw new TypeConversionException(
          "\"%s\" is not on this machine; give a folder or a file: URI".formatted(text));
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
