package io.freshet.event.registry;

import io.freshet.event.frame.SchemaId;
import io.freshet.snapshot.storage.FlinkStorage;
import io.freshet.snapshot.storage.WritableStorage;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;

/**
 * Schemas as files of a folder on any of Flink's file systems, {@code <id>.avsc} each, or of
 * another suffix, whole: a file contains what its schema refers to.
 *
 * @param <S> the type of schemas
 */
public final class SchemaFolder<S> {
  private static final int MAX_BYTES = 4 << 20;

  private final String uri;
  private final SchemaFormat<S> format;

  public SchemaFolder(String uri, SchemaFormat<S> format) {
    this.uri = uri;
    this.format = format;
  }

  /** The names of the schemas that the folder has; none where there is no folder. */
  public List<String> names() throws IOException {
    return FlinkStorage.at(uri).list("").stream()
        .filter(name -> name.endsWith(format.suffix()))
        .map(name -> name.substring(0, name.length() - format.suffix().length()))
        .sorted()
        .toList();
  }

  /** The schema of an id; empty where there is no file of it. */
  public Optional<S> find(SchemaId id) throws IOException {
    byte[] bytes;
    try (InputStream in = FlinkStorage.at(uri).open(file(id))) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (FileNotFoundException | NoSuchFileException e) {
      return Optional.empty();
    }
    if (bytes.length > MAX_BYTES) {
      throw new IOException("%s/%s has more than %s bytes".formatted(uri, file(id), MAX_BYTES));
    }
    try {
      return Optional.of(format.read(bytes));
    } catch (IllegalArgumentException e) {
      throw new IOException("%s/%s is %s".formatted(uri, file(id), e.getMessage()), e);
    }
  }

  /** Writes a schema so that a reader sees it whole or not at all. */
  public void put(SchemaId id, S schema) throws IOException {
    WritableStorage files = FlinkStorage.at(uri);
    files.replace(file(id), format.write(schema));
  }

  private String file(SchemaId id) {
    return id + format.suffix();
  }

  @Override
  public String toString() {
    return "the folder " + uri;
  }
}
