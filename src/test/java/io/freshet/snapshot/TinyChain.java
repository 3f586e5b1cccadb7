package io.freshet.snapshot;

import io.freshet.model.RowBlock;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A chain of versions of the {@link TinyModel}, published without a job at hours of its own. */
final class TinyChain {
  static final String LINEAGE = "0badcafe";

  final LocalStorage storage;
  final SnapshotStore store;
  final SnapshotReader reader;
  private final Map<String, Double> metrics = new HashMap<>();
  private Gate gate = new Gate(GateSettings.DEFAULT);
  private String lineage = LINEAGE;
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private Optional<Version> last = Optional.empty();

  TinyChain(Path root) {
    storage = new LocalStorage(root);
    store = new SnapshotStore(storage);
    reader = new SnapshotReader(store);
  }

  Instant now() {
    return now;
  }

  /** Sets the clock. */
  TinyChain at(Instant time) {
    now = time;
    return this;
  }

  TinyChain gate(GateSettings settings) {
    gate = new Gate(settings);
    return this;
  }

  TinyChain metric(String name, double value) {
    metrics.put(name, value);
    return this;
  }

  /** Goes on from another version, in another lineage. */
  TinyChain branch(Version from, String into) {
    last = Optional.of(from);
    lineage = into;
    return this;
  }

  /** Begins another lineage. */
  TinyChain lineage(String name) {
    lineage = name;
    return this;
  }

  /** Publishes the blocks, a part each, as the version of a checkpoint. */
  Version publish(long checkpoint, RowBlock... blocks) throws Exception {
    return publish(storage, TinyModel.TEMPLATE, checkpoint, blocks);
  }

  Version publish(
      WritableStorage through, ManifestTemplate template, long checkpoint, RowBlock... blocks)
      throws Exception {
    List<Announcement.Part> parts = new ArrayList<>();
    for (RowBlock block : blocks) {
      parts.add(TinyModel.part(storage, block));
    }
    Cut.Dense dense = new Cut.Dense(TinyModel.dense(checkpoint).values(), checkpoint);
    Cut cut = new Cut(checkpoint, parts, Optional.of(dense), metrics, Map.of(), now.toEpochMilli());
    Version version = new Version(lineage, checkpoint);
    new Publication(through, template, gate, () -> now)
        .publish(new Chain.Due(version, last, parts, cut));
    last = Optional.of(version);
    return version;
  }

  List<String> problems() throws Exception {
    return reader.verify(store.latest().orElseThrow()).problems();
  }
}
