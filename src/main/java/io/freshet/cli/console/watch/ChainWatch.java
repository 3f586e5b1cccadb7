package io.freshet.cli.console.watch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.store.Pin;
import io.freshet.snapshot.store.PublicationOrder;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Lists the versions of a root, newest first, {@value #MOST_SHOWN} of them in full. Others publish,
 * merge and delete meanwhile: a version that disappears while it is read is left out.
 */
public final class ChainWatch implements Watch {
  static final int MOST_SHOWN = 50;

  private final SnapshotStore store;
  private Map<Version, Entry> known = Map.of();

  public ChainWatch(SnapshotStore store) {
    this.store = store;
  }

  /** What the page needs of a version: a manifest may be large. */
  private record Entry(Manifest manifest, Optional<Manifest> merged) {

    /** A delta may get a merged full later, which finally replaces it. */
    boolean maySoonDiffer() {
      return manifest.kind() == Manifest.Kind.DELTA;
    }

    long bytes() {
      return manifest.bytes() + merged.map(Manifest::bytes).orElse(0L);
    }
  }

  @Override
  public JsonNode look() throws IOException {
    known = read();
    List<Entry> newestFirst = new ArrayList<>();
    PublicationOrder.of(known.values().stream().map(Entry::manifest).toList())
        .forEach(published -> newestFirst.add(0, known.get(published.manifest().version())));
    Optional<Version> latest = store.latest();
    Optional<Pin> pin = store.pin();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("count", known.size());
    json.put("bytes", known.values().stream().mapToLong(Entry::bytes).sum());
    latest.ifPresent(version -> json.put("latest", version.toString()));
    store.reason().ifPresent(reason -> json.put("moved_because", reason));
    pin.ifPresent(
        p ->
            json.putObject("pin")
                .put("version", p.version().toString())
                .put("reason", p.reason())
                .put("since", p.since().toEpochMilli()));
    ArrayNode versions = json.putArray("versions");
    newestFirst.stream()
        .limit(MOST_SHOWN)
        .forEach(e -> write(e, latest, pin, versions.addObject()));
    return json;
  }

  private Map<Version, Entry> read() throws IOException {
    Map<Version, Entry> now = new HashMap<>();
    for (Version version : store.versions()) {
      Entry before = known.get(version);
      Optional<Entry> entry =
          before == null || before.maySoonDiffer() ? read(version) : Optional.of(before);
      entry.ifPresent(there -> now.put(version, there));
    }
    return now;
  }

  private Optional<Entry> read(Version version) throws IOException {
    try {
      return Optional.of(new Entry(store.manifest(version), store.merged(version)));
    } catch (IOException e) {
      if (store.contains(version)) {
        throw e;
      }
      return Optional.empty(); // deleted in between
    }
  }

  private static void write(
      Entry entry, Optional<Version> latest, Optional<Pin> pin, ObjectNode to) {
    Manifest manifest = entry.manifest();
    Version version = manifest.version();
    to.put("version", version.toString());
    to.put("kind", manifest.kind().name().toLowerCase(Locale.ROOT));
    to.put("merged", entry.merged().isPresent() || manifest.merged().isPresent());
    manifest.parent().ifPresent(parent -> to.put("parent", parent.toString()));
    to.put("created", manifest.created().toEpochMilli());
    manifest.eventTime().ifPresent(time -> to.put("event_time", time.toEpochMilli()));
    to.put("rows", manifest.rows());
    to.put("bytes", manifest.bytes());
    entry.merged().ifPresent(full -> to.put("full_bytes", full.bytes()));
    Double logloss = manifest.metrics().get("logloss");
    if (logloss != null) {
      to.put("logloss", logloss);
    }
    ArrayNode withheld = to.putArray("withheld");
    manifest.withheld().forEach(withheld::add);
    to.put("latest", latest.equals(Optional.of(version)));
    to.put("pinned", pin.filter(p -> p.version().equals(version)).isPresent());
  }
}
