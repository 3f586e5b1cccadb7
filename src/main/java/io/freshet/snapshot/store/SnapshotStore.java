package io.freshet.snapshot.store;

import static java.util.Objects.requireNonNull;

import io.freshet.snapshot.format.FormatJson;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LostException;
import io.freshet.snapshot.storage.Storage;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The versions below a snapshot root. */
public final class SnapshotStore {
  static final String LATEST = "latest.json";
  static final String PIN = "pin.json";
  public static final String PRUNE = "prune.json";

  private static final int MAX_JSON_BYTES = 64 << 20;
  private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");

  private final Storage storage;

  public SnapshotStore(Storage storage) {
    this.storage = requireNonNull(storage, "storage");
  }

  /** The complete versions, those that have a manifest, lineage by lineage, each by age. */
  public List<Version> versions() throws IOException {
    List<Version> versions = new ArrayList<>();
    for (String name : storage.list("")) {
      Optional<Version> version = Version.parse(name);
      if (version.isPresent() && contains(version.get())) {
        versions.add(version.get());
      }
    }
    versions.sort(null);
    return versions;
  }

  /** Whether the version is there, complete. */
  public boolean contains(Version version) throws IOException {
    return storage.exists(path(version, Manifest.FILE));
  }

  /** The current version, or nothing before the first publication. */
  public Optional<Version> latest() throws IOException {
    return pointer().map(Latest::version);
  }

  /** Why a person moved the pointer; nothing where a publication did. */
  public Optional<String> reason() throws IOException {
    return pointer().flatMap(Latest::reason);
  }

  /** Versions that the pointer has left by a person's doing and does not name again. */
  public Set<Version> left() throws IOException {
    Set<Version> left = new HashSet<>();
    Optional<Latest> pointer = pointer();
    pointer.ifPresent(latest -> latest.left().forEach(one -> left.add(one.version())));
    pointer.ifPresent(latest -> left.remove(latest.version()));
    return left;
  }

  /** What {@code latest.json} says. */
  Optional<Latest> pointer() throws IOException {
    return readIfPresent(LATEST, Latest.class);
  }

  /** What holds the pointer in place, or nothing. */
  public Optional<Pin> pin() throws IOException {
    return readIfPresent(PIN, Pin.class);
  }

  /** The deletion that is under way, or was broken off. */
  public Optional<Deletion> deletion() throws IOException {
    return readIfPresent(PRUNE, Deletion.class);
  }

  private <T> Optional<T> readIfPresent(String file, Class<T> type) throws IOException {
    try {
      return Optional.of(read(file, type));
    } catch (NoSuchFileException | FileNotFoundException e) {
      return Optional.empty();
    }
  }

  private <T> T read(String path, Class<T> type) throws IOException {
    byte[] bytes = readSmall(path);
    try {
      return FormatJson.read(bytes, type);
    } catch (IOException e) {
      throw new LostException(path + " in " + storage + ": " + e.getMessage(), e);
    }
  }

  /**
   * What a version is.
   *
   * @throws LostException where there is no such version, or its manifest cannot be understood
   */
  public Manifest manifest(Version version) throws IOException {
    return read(version, path(version, Manifest.FILE));
  }

  private Manifest read(Version version, String path) throws IOException {
    Manifest manifest;
    try {
      manifest = read(path, Manifest.class);
    } catch (NoSuchFileException | FileNotFoundException e) {
      throw new LostException("there is no version " + version + " in " + storage, e);
    }
    if (!manifest.version().equals(version)) {
      throw new LostException(
          "%s in %s calls itself version %s".formatted(path, storage, manifest.version()));
    }
    return manifest;
  }

  /** The version as a full, where it was merged into one and is a delta as well. */
  public Optional<Manifest> merged(Version version) throws IOException {
    String path = path(version, Manifest.MERGED_FILE);
    if (!storage.list(version.toString()).contains(Manifest.MERGED_FILE)) {
      return Optional.empty(); // a list is one request, a look for what is not there three
    }
    Manifest full = read(version, path);
    if (full.kind() != Manifest.Kind.FULL) {
      throw new IOException("%s in %s is not of a full".formatted(path, storage));
    }
    return Optional.of(full);
  }

  /**
   * The path of a version's file below the root.
   *
   * @throws IOException where the name could lead out of the version's folder
   */
  public static String path(Version version, String file) throws IOException {
    if (!FILE_NAME.matcher(file).matches()) {
      throw new IOException(
          "version %s names the file \"%s\", which is not a plain file name"
              .formatted(version, file));
    }
    return version + "/" + file;
  }

  public Storage storage() {
    return storage;
  }

  private byte[] readSmall(String path) throws IOException {
    try (InputStream in = storage.open(path)) {
      byte[] bytes = in.readNBytes(MAX_JSON_BYTES + 1);
      if (bytes.length > MAX_JSON_BYTES) {
        throw new IOException(path + " is longer than " + MAX_JSON_BYTES + " bytes");
      }
      return bytes;
    }
  }
}
