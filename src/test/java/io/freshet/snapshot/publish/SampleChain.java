package io.freshet.snapshot.publish;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.history.PublishedHistory;
import io.freshet.model.ModelSettings;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.model.row.RowBlock;
import io.freshet.snapshot.GateSettings;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.ManifestTemplate;
import io.freshet.snapshot.format.SafetensorsOutput.Written;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.history.HistoryBuffer;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.storage.WritableStorage;
import io.freshet.snapshot.store.Pointer;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import io.freshet.snapshot.store.TinyModel;
import io.freshet.snapshot.write.PartFile;
import io.freshet.snapshot.write.PublisherInput;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** A chain of versions, published without a job: of the {@link TinyModel} or of any content. */
public final class SampleChain {
  public static final String LINEAGE = "0badcafe";

  public final LocalStorage storage;
  public final SnapshotStore store;
  public final SnapshotReader reader;
  private final ManifestTemplate template;
  private final Map<String, Double> metrics = new HashMap<>();
  private PublishedGauge gauge = PublishedGauge.NONE;
  private Gate gate = new Gate(GateSettings.DEFAULT);
  private String lineage = LINEAGE;
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private Optional<Version> last = Optional.empty();

  public SampleChain(Path root) {
    this(root, TinyModel.SCHEMA, TinyModel.SETTINGS);
  }

  public SampleChain(Path root, FeatureSchema schema, ModelSettings settings) {
    template = ManifestTemplate.of("sample", schema, settings);
    storage = new LocalStorage(root);
    store = new SnapshotStore(storage);
    reader = new SnapshotReader(store);
  }

  public Instant now() {
    return now;
  }

  /** Sets the clock. */
  public SampleChain at(Instant time) {
    now = time;
    return this;
  }

  public SampleChain gate(GateSettings settings) {
    gate = new Gate(settings);
    return this;
  }

  /** Sets the gauge of versions of any content. */
  public SampleChain gauge(PublishedGauge published) {
    gauge = published;
    return this;
  }

  public SampleChain metric(String name, double value) {
    metrics.put(name, value);
    return this;
  }

  /** Goes on from another version, in another lineage. */
  public SampleChain branch(Version from, String into) {
    last = Optional.of(from);
    lineage = into;
    return this;
  }

  /** Begins another lineage. */
  SampleChain lineage(String name) {
    lineage = name;
    return this;
  }

  /** Publishes the blocks, a part each, as the version of a checkpoint. */
  public Version publish(long checkpoint, RowBlock... blocks) throws IOException {
    return publish(storage, TinyModel.TEMPLATE, checkpoint, blocks);
  }

  public Version publish(
      WritableStorage through, ManifestTemplate of, long checkpoint, RowBlock... blocks)
      throws IOException {
    Version version = new Version(lineage, checkpoint);
    float[] dense = TinyModel.dense(checkpoint).values();
    publish(
        through,
        of,
        version,
        last,
        new CheckpointContents.Dense(dense, checkpoint, TinyModel.GAUGE),
        parts(of, blocks));
    last = Optional.of(version);
    return version;
  }

  /**
   * Publishes a version of any content, and points to it even where it is withheld.
   *
   * @param parent absent for a full
   * @param rows by id
   * @param removed ascending
   */
  public void publish(
      Version version,
      Optional<Version> parent,
      SortedMap<Long, float[]> rows,
      long[] removed,
      float[] dense)
      throws IOException {
    int width = 1 + template.settings().embeddingSize();
    float[] values = new float[rows.size() * width];
    int at = 0;
    for (float[] row : rows.values()) {
      System.arraycopy(row, 0, values, at, width);
      at += width;
    }
    long[] fids = rows.keySet().stream().mapToLong(fid -> fid).toArray();
    RowBlock block = new RowBlock(fids, new long[fids.length], values, removed);
    CheckpointContents.Dense whole = new CheckpointContents.Dense(dense, 1, gauge);
    if (publish(storage, template, version, parent, whole, parts(template, block)).isWithheld()) {
      new Pointer(storage, () -> now).rollBack(version, "a test's", true);
    }
  }

  /** Publishes histories, a part each; those without actions are over. */
  public Version publishHistories(
      long checkpoint, float[] dense, List<List<PublishedHistory>> histories) throws IOException {
    Version version = new Version(lineage, checkpoint);
    List<PublisherInput.Part> parts = new ArrayList<>();
    for (List<PublishedHistory> each : histories) {
      HistoryBuffer buffer = new HistoryBuffer();
      each.forEach(history -> buffer.putHistory(history.id(), history.actions()));
      String path = PartFile.newPath();
      Written written = buffer.write(storage, path);
      parts.add(
          new PublisherInput.Part(
              path, written.size(), written.sha256(), buffer.live(), buffer.actions(), 0));
    }
    CheckpointContents.Dense whole = new CheckpointContents.Dense(dense, checkpoint, gauge);
    publish(storage, template, version, last, whole, List.of(), parts);
    last = Optional.of(version);
    return version;
  }

  /** Publishes parts of the {@link TinyModel} as they are. */
  public void publish(Version version, Optional<Version> parent, List<PublisherInput.Part> parts)
      throws IOException {
    float[] dense = TinyModel.dense(1).values();
    CheckpointContents.Dense whole = new CheckpointContents.Dense(dense, 1, TinyModel.GAUGE);
    publish(storage, template, version, parent, whole, parts);
  }

  private Manifest publish(
      WritableStorage through,
      ManifestTemplate of,
      Version version,
      Optional<Version> parent,
      CheckpointContents.Dense dense,
      List<PublisherInput.Part> parts)
      throws IOException {
    return publish(through, of, version, parent, dense, parts, List.of());
  }

  private Manifest publish(
      WritableStorage through,
      ManifestTemplate of,
      Version version,
      Optional<Version> parent,
      CheckpointContents.Dense dense,
      List<PublisherInput.Part> parts,
      List<PublisherInput.Part> histories)
      throws IOException {
    CheckpointContents contents =
        new CheckpointContents(
                version.checkpoint(),
                parts,
                Optional.of(dense),
                metrics,
                Map.of(),
                now.toEpochMilli())
            .withHistories(histories);
    Publication publication = new Publication(through, of, gate, () -> now);
    Manifest manifest = publication.write(PublicationQueue.Due.of(version, parent, contents));
    publication.pointTo(manifest);
    return manifest;
  }

  private List<PublisherInput.Part> parts(ManifestTemplate of, RowBlock... blocks)
      throws IOException {
    List<PublisherInput.Part> parts = new ArrayList<>();
    for (RowBlock block : blocks) {
      parts.add(TinyModel.part(storage, 1 + of.settings().embeddingSize(), block));
    }
    return parts;
  }

  /** Makes a version that is there the current one. */
  public void pointTo(Version version) throws IOException {
    new Pointer(storage, () -> now).published(store.manifest(version));
  }

  public List<String> problems() throws Exception {
    return reader.verify(store.latest().orElseThrow()).problems();
  }
}
