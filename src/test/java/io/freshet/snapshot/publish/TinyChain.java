package io.freshet.snapshot.publish;

import io.freshet.model.row.RowBlock;
import io.freshet.snapshot.GateSettings;
import io.freshet.snapshot.format.ManifestTemplate;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.storage.WritableStorage;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import io.freshet.snapshot.store.TinyModel;
import io.freshet.snapshot.write.PublisherInput;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A chain of versions of the {@link TinyModel}, published without a job at hours of its own. */
public final class TinyChain {
  public static final String LINEAGE = "0badcafe";

  public final LocalStorage storage;
  public final SnapshotStore store;
  public final SnapshotReader reader;
  private final Map<String, Double> metrics = new HashMap<>();
  private Gate gate = new Gate(GateSettings.DEFAULT);
  private String lineage = LINEAGE;
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private Optional<Version> last = Optional.empty();

  public TinyChain(Path root) {
    storage = new LocalStorage(root);
    store = new SnapshotStore(storage);
    reader = new SnapshotReader(store);
  }

  public Instant now() {
    return now;
  }

  /** Sets the clock. */
  public TinyChain at(Instant time) {
    now = time;
    return this;
  }

  public TinyChain gate(GateSettings settings) {
    gate = new Gate(settings);
    return this;
  }

  public TinyChain metric(String name, double value) {
    metrics.put(name, value);
    return this;
  }

  /** Goes on from another version, in another lineage. */
  public TinyChain branch(Version from, String into) {
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
  public Version publish(long checkpoint, RowBlock... blocks) throws Exception {
    return publish(storage, TinyModel.TEMPLATE, checkpoint, blocks);
  }

  public Version publish(
      WritableStorage through, ManifestTemplate template, long checkpoint, RowBlock... blocks)
      throws Exception {
    List<PublisherInput.Part> parts = new ArrayList<>();
    for (RowBlock block : blocks) {
      parts.add(TinyModel.part(storage, block));
    }
    CheckpointContents.Dense dense =
        new CheckpointContents.Dense(TinyModel.dense(checkpoint).values(), checkpoint);
    CheckpointContents cut =
        new CheckpointContents(
            checkpoint, parts, Optional.of(dense), metrics, Map.of(), now.toEpochMilli());
    Version version = new Version(lineage, checkpoint);
    new Publication(through, template, gate, () -> now)
        .publish(new PublicationQueue.Due(version, last, parts, cut));
    last = Optional.of(version);
    return version;
  }

  public List<String> problems() throws Exception {
    return reader.verify(store.latest().orElseThrow()).problems();
  }
}
