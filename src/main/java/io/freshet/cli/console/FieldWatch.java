package io.freshet.cli.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.feature.Fids;
import io.freshet.feature.Field;
import io.freshet.snapshot.Manifest;
import io.freshet.snapshot.Manifest.EmbeddingFile;
import io.freshet.snapshot.Manifest.Kind;
import io.freshet.snapshot.SnapshotReader;
import io.freshet.snapshot.SnapshotStore;
import io.freshet.snapshot.Version;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Counts the rows of the current version by field, out of its files: of the chain at first, of new
 * deltas from then on. A model of more than so many rows is not counted, as each takes memory here.
 */
final class FieldWatch implements Watch {
  private final SnapshotStore store;
  private final SnapshotReader reader;
  private final long mostRows;
  private Optional<Version> counted = Optional.empty();
  private FieldCounts counts = new FieldCounts(0);
  private JsonNode shown = NullNode.instance;

  FieldWatch(SnapshotStore store, long mostRows) {
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
      List<Manifest> chain = reader.chain(latest.get(), counted);
      counted = Optional.empty(); // until all of it has been applied
      count(chain);
      counted = latest;
      shown = toJson(chain.get(chain.size() - 1));
    }
    return shown;
  }

  private void count(List<Manifest> chain) throws IOException {
    Manifest first = chain.get(0);
    if (first.kind() == Kind.FULL) {
      checkSize(first);
      counts = new FieldCounts(Math.toIntExact(first.rows()));
    }
    for (Manifest manifest : chain) {
      for (EmbeddingFile file : manifest.embeddings()) {
        counts.apply(reader.rows(manifest, file));
      }
    }
  }

  private void checkSize(Manifest full) throws IOException {
    if (full.rows() > mostRows) {
      throw new IOException(
          "the model has %,d rows; up to %,d are counted here, as each takes memory (--count-rows)"
              .formatted(full.rows(), mostRows));
    }
  }

  private JsonNode toJson(Manifest manifest) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("version", manifest.version().toString());
    ArrayNode fields = json.putArray("fields");
    int bias = Fids.field(Fids.BIAS);
    write("bias", "one row", bias, fields);
    for (Field field : manifest.schema().fields()) {
      write(field.name(), kind(field), field.number(), fields);
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

  private static String kind(Field field) {
    String kind = field.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    return field instanceof Field.Cross cross
        ? kind + " of " + String.join(", ", cross.of())
        : kind;
  }
}
