package io.freshet.snapshot.store;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.snapshot.format.JsonKeys;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.ManifestJson;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.Storage;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** The versions below a snapshot root. */
public final class SnapshotStore {
  static final String LATEST = "latest.json";
  static final String PIN = "pin.json";
  public static final String PRUNE = "prune.json";

  private static final ObjectMapper JSON = new ObjectMapper();
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
    return readPointer(LATEST, json -> ManifestJson.version(json, "version"));
  }

  /** Why a person moved the pointer; nothing where a publication did. */
  public Optional<String> reason() throws IOException {
    return readPointer(LATEST, json -> Optional.ofNullable(json.path("reason").textValue()))
        .flatMap(reason -> reason);
  }

  /** The versions that the pointer has left by a person's doing, oldest first. */
  List<Pointer.Left> left() throws IOException {
    return readPointer(LATEST, SnapshotStore::left).orElse(List.of());
  }

  private static List<Pointer.Left> left(JsonNode latest) {
    List<Pointer.Left> left = new ArrayList<>();
    for (JsonNode entry : latest.path("left")) {
      Version version = ManifestJson.version(entry, "version");
      left.add(new Pointer.Left(version, Instant.parse(JsonKeys.text(entry, "at"))));
    }
    return left;
  }

  /** What holds the pointer in place, or nothing. */
  public Optional<Pin> pin() throws IOException {
    return readPointer(
        PIN,
        json ->
            new Pin(
                ManifestJson.version(json, "version"),
                JsonKeys.text(json, "reason"),
                Instant.parse(JsonKeys.text(json, "since"))));
  }

  /** The deletion that is under way, or was broken off. */
  public Optional<Deletion> deletion() throws IOException {
    return readPointer(PRUNE, Deletion::read);
  }

  private <T> Optional<T> readPointer(String file, Function<JsonNode, T> read) throws IOException {
    byte[] bytes;
    try {
      bytes = readSmall(file);
    } catch (NoSuchFileException | FileNotFoundException e) {
      return Optional.empty();
    }
    try {
      JsonNode json = JSON.readTree(bytes);
      ManifestJson.checkFormat(JsonKeys.text(json, "format"));
      return Optional.of(read.apply(json));
    } catch (IOException | IllegalArgumentException | DateTimeParseException e) {
      throw new IOException(file + " in " + storage + ": " + e.getMessage(), e);
    }
  }

  /** What a version is. */
  public Manifest manifest(Version version) throws IOException {
    return read(version, path(version, Manifest.FILE));
  }

  private Manifest read(Version version, String path) throws IOException {
    Manifest manifest;
    try {
      manifest = ManifestJson.read(readSmall(path));
    } catch (NoSuchFileException | FileNotFoundException e) {
      throw new IOException("there is no version " + version + " in " + storage, e);
    } catch (IOException e) {
      throw new IOException(path + " in " + storage + ": " + e.getMessage(), e);
    }
    if (!manifest.version().equals(version)) {
      throw new IOException(
          "%s in %s calls itself version %s".formatted(path, storage, manifest.version()));
    }
    return manifest;
  }

  /** The version as a full, where it was merged into one beside being a delta. */
  public Optional<Manifest> merged(Version version) throws IOException {
    String path = path(version, Manifest.MERGED_FILE);
    if (!storage.exists(path)) {
      return Optional.empty();
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
