package io.freshet.cli.console.watch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.feature.Fids;
import io.freshet.feature.Field;
import io.freshet.snapshot.format.DataFile.EmbeddingFile;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Manifest.Kind;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Counts the rows of the current version by field: first those of the whole chain, then those of
 * each new delta. A model above the row limit is not counted, as each row takes memory here.
 *
 * <p>Also shows the table's figures in the manifest: {@code table_…}.
 */
public final class FieldWatch implements Watch {
  private static final String TABLE = "table_";

  private final SnapshotStore store;
  private final SnapshotReader reader;
  private final long mostRows;
  private Optional<Version> counted = Optional.empty();
  private FieldCounts counts = new FieldCounts(0);
  private JsonNode shown = NullNode.instance;

  public FieldWatch(SnapshotStore store, long mostRows) {
    this.store = store;
    this.mostRows = mostRows;
    reader = new SnapshotReader(store);
  }

  @Override
  public JsonNode look() throws IOException {
    Optional<Version> latest = store.latest();
    if (latest.isEmpty()) {
      throw new IOException("no version has been published yet");
    }
    if (!latest.equals(counted)) {
      follow(latest.get());
    }
    return shown;
  }

  private void follow(Version latest) throws IOException {
    List<Manifest> chain = reader.chain(latest, counted);
    Manifest first = chain.get(0);
    Manifest last = chain.get(chain.size() - 1);
    counted = Optional.empty(); // until all of it has been applied
    if (first.kind() == Kind.FULL && first.rows() > mostRows) {
      shown = ofWhole(last).put("uncounted", tooMany(first.rows()));
      return;
    }
    count(chain);
    counted = Optional.of(latest);
    shown = byField(last);
  }

  private void count(List<Manifest> chain) throws IOException {
    Manifest first = chain.get(0);
    if (first.kind() == Kind.FULL) {
      counts = new FieldCounts(Math.toIntExact(first.rows()));
    }
    for (Manifest manifest : chain) {
      for (EmbeddingFile file : manifest.embeddings()) {
        counts.apply(reader.rows(manifest, file));
      }
    }
  }

  private String tooMany(long rows) {
    return String.format(
        Locale.ROOT,
        "the model has %,d rows; up to %,d are counted by field, as each takes memory here",
        rows,
        mostRows);
  }

  private static ObjectNode ofWhole(Manifest manifest) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("version", manifest.version().toString());
    ObjectNode table = json.putObject("table");
    new TreeMap<>(manifest.metrics())
        .forEach(
            (name, value) -> {
              if (name.startsWith(TABLE)) {
                table.put(name.substring(TABLE.length()), value);
              }
            });
    json.putArray("fields");
    return json;
  }

  private JsonNode byField(Manifest manifest) {
    ObjectNode json = ofWhole(manifest);
    ArrayNode fields = json.withArray("fields");
    write("bias", "one row", Fids.field(Fids.BIAS), fields);
    for (Field field : manifest.schema().fields()) {
      write(field.name(), field.describe(), field.number(), fields);
    }
    return json;
  }

  private void write(String name, String kind, int number, ArrayNode to) {
    to.addObject()
        .put("field", name)
        .put("kind", kind)
        .put("rows", counts.rows(number))
        .put("updates", counts.updates(number));
  }
}
