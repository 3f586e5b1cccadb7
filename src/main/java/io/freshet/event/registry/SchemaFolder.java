package io.freshet.event.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.event.ByteOrderMark;
import io.freshet.snapshot.storage.FlinkStorage;
import io.freshet.snapshot.storage.WritableStorage;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/**
 * Schemas as files of a folder on any of Flink's file systems, {@code <id>.avsc} each, whole: a
 * schema contains what it refers to.
 */
public final class SchemaFolder {
  private static final String SUFFIX = ".avsc";
  private static final int MAX_BYTES = 4 << 20;

  private final String uri;

  public SchemaFolder(String uri) {
    this.uri = uri;
  }

  /** The ids that the folder has; none where there is no folder. */
  public List<Integer> ids() throws IOException {
    return FlinkStorage.at(uri).list("").stream()
        .filter(name -> name.matches("[0-9]{1,9}\\.avsc"))
        .map(name -> Integer.parseInt(name.substring(0, name.length() - SUFFIX.length())))
        .sorted()
        .toList();
  }

  /** The schema of an id; empty where there is no file of it. */
  public Optional<Schema> find(int id) throws IOException {
    byte[] text;
    try (InputStream in = FlinkStorage.at(uri).open(id + SUFFIX)) {
      text = in.readNBytes(MAX_BYTES + 1);
    } catch (FileNotFoundException | NoSuchFileException e) {
      return Optional.empty();
    }
    if (text.length > MAX_BYTES) {
      throw new IOException(file(id) + " has more than " + MAX_BYTES + " bytes");
    }
    try {
      int begin = ByteOrderMark.lengthIn(text);
      String schema = new String(text, begin, text.length - begin, UTF_8);
      return Optional.of(SchemaText.parse(List.of(schema)));
    } catch (AvroRuntimeException e) {
      throw new IOException(file(id) + " is no schema of Avro's: " + e.getMessage(), e);
    }
  }

  /** Writes a schema so that a reader sees it whole or not at all. */
  public void put(int id, Schema schema) throws IOException {
    WritableStorage files = FlinkStorage.at(uri);
    files.replace(id + SUFFIX, (schema + "\n").getBytes(UTF_8));
  }

  private String file(int id) {
    return uri + "/" + id + SUFFIX;
  }

  @Override
  public String toString() {
    return "the folder " + uri;
  }
}
