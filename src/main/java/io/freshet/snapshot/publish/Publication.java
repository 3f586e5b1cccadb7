package io.freshet.snapshot.publish;

import io.freshet.snapshot.GateSettings;
import io.freshet.snapshot.format.DataFile;
import io.freshet.snapshot.format.DataFile.EmbeddingFile;
import io.freshet.snapshot.format.DataFile.HistoryFile;
import io.freshet.snapshot.format.DenseFileWriter;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Manifest.Kind;
import io.freshet.snapshot.format.ManifestTemplate;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.maintain.NonFinite;
import io.freshet.snapshot.storage.LostException;
import io.freshet.snapshot.storage.StorageCalls;
import io.freshet.snapshot.storage.WritableStorage;
import io.freshet.snapshot.store.Digests;
import io.freshet.snapshot.store.Pointer;
import io.freshet.snapshot.store.SnapshotStore;
import io.freshet.snapshot.write.PublisherInput;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps that put a version into the store: the staged parts are moved to be its embedding
 * files, then the dense file, the manifest, {@code latest.json}. A version that does not pass the
 * {@link Gate} is written all the same, for the next delta builds on it, and its manifest says why
 * the pointer stays.
 *
 * <p>Each step may be repeated, so the whole may be, after a failure anywhere. A version without
 * its manifest does not exist; with it, it is complete and never written to again.
 */
public final class Publication {
  private static final Logger LOG = LoggerFactory.getLogger(Publication.class);

  private final WritableStorage storage;
  private final SnapshotStore store;
  private final Pointer pointer;
  private final ManifestTemplate template;
  private final Gate gate;
  private final InstantSource clock;

  Publication(WritableStorage storage, ManifestTemplate template, Gate gate, InstantSource clock) {
    this.storage = storage;
    this.store = new SnapshotStore(storage);
    this.pointer = new Pointer(storage, clock);
    this.template = template;
    this.gate = gate;
    this.clock = clock;
  }

  /** The publications of a root outside of a job, with the gate as it is by default. */
  public static Publication of(WritableStorage storage, ManifestTemplate template) {
    return new Publication(
        storage, template, new Gate(GateSettings.DEFAULT), InstantSource.system());
  }

  /** Publishes all parts of a checkpoint as a version. */
  public Manifest publish(Version version, Optional<Version> parent, CheckpointContents contents)
      throws IOException {
    Manifest manifest = write(PublicationQueue.Due.of(version, parent, contents));
    pointTo(manifest);
    return manifest;
  }

  /**
   * Writes the version, or what of it is not yet there.
   *
   * @throws LostException where a part or the parent is gone
   */
  Manifest write(PublicationQueue.Due due) throws IOException {
    return store.contains(due.version()) ? store.manifest(due.version()) : writeVersion(due);
  }

  /** Whether the store holds a version of this name with other content: another run's. */
  boolean isTaken(PublicationQueue.Due due) throws IOException {
    if (!store.contains(due.version())) {
      return false;
    }
    Manifest there = store.manifest(due.version());
    List<String> digests = there.changes().stream().map(DataFile::sha256).toList();
    return !there.parent().equals(due.parent())
        || !there.offsets().equals(due.contents().offsets())
        || !digests.equals(
            Stream.of(due.parts(), due.histories())
                .flatMap(List::stream)
                .map(PublisherInput.Part::sha256)
                .toList());
  }

  /** Takes the last step of a publication that may have failed before it. */
  void finish(Manifest manifest) throws IOException {
    pointer.finish(manifest);
  }

  /** Makes the version the current one, unless another is pinned. */
  void pointTo(Manifest manifest) throws IOException {
    pointer.published(manifest);
  }

  private Manifest writeVersion(PublicationQueue.Due due) throws IOException {
    List<EmbeddingFile> embeddings =
        takeAll(due.parts(), due.version(), "embeddings").stream()
            .map(p -> new EmbeddingFile(p.path(), p.size(), p.sha256(), p.rows(), p.updates()))
            .toList();
    List<HistoryFile> histories =
        takeAll(due.histories(), due.version(), "histories").stream()
            .map(p -> new HistoryFile(p.path(), p.size(), p.sha256(), p.rows(), p.updates()))
            .toList();
    CheckpointContents contents = due.contents();
    CheckpointContents.Dense dense = contents.dense().orElseThrow();
    List<Long> nonFinite = nonFinite(due, embeddings);
    Manifest manifest =
        new Manifest(
            template.name(),
            due.parent().isPresent() ? Kind.DELTA : Kind.FULL,
            due.version(),
            due.parent(),
            contents.eventTime() == Long.MIN_VALUE
                ? Optional.empty()
                : Optional.of(Instant.ofEpochMilli(contents.eventTime())),
            clock.instant(),
            template.model(),
            template.schema(),
            template.unknownIds(),
            DenseFileWriter.write(
                storage, due.version(), template, dense.values(), dense.gauge(), dense.examples()),
            embeddings,
            histories,
            contents.metrics(),
            contents.offsets(),
            template.samplingRate(),
            template.labels(),
            gate.reasons(contents.metrics(), currentMetrics(), dense.values(), nonFinite),
            nonFinite,
            Optional.empty());
    storage.replace(SnapshotStore.path(due.version(), Manifest.FILE), manifest.toJson());
    return manifest;
  }

  /** Those of the current version; none where it is damaged, as this one replaces it. */
  private Map<String, Double> currentMetrics() {
    try {
      Optional<Version> current = store.latest();
      return current.isPresent() && store.contains(current.get())
          ? store.manifest(current.get()).metrics()
          : Map.of();
    } catch (IOException e) {
      LOG.warn("the gate compares with no current version, as it cannot be read", e);
      return Map.of();
    }
  }

  private List<Long> nonFinite(PublicationQueue.Due due, List<EmbeddingFile> files)
      throws IOException {
    List<Long> parents =
        due.parent().isPresent() ? store.manifest(due.parent().get()).nonFinite() : List.of();
    boolean isSound =
        parents.isEmpty() && due.parts().stream().allMatch(part -> part.nonFinite() == 0);
    return isSound ? List.of() : NonFinite.in(storage, due.version(), files, parents);
  }

  /** Moves parts to be files of a version; by their names in its folder. */
  private List<PublisherInput.Part> takeAll(
      List<PublisherInput.Part> parts, Version version, String prefix) throws IOException {
    List<StorageCalls.Call<PublisherInput.Part>> moves = new ArrayList<>();
    for (PublisherInput.Part part : parts) {
      String name =
          String.format(
              Locale.ROOT, "%s-%05d-of-%05d.safetensors", prefix, moves.size(), parts.size());
      moves.add(() -> take(part, version, name));
    }
    return StorageCalls.make(moves);
  }

  private PublisherInput.Part take(PublisherInput.Part part, Version version, String name)
      throws IOException {
    String path = SnapshotStore.path(version, name);
    if (storage.exists(part.path())) {
      storage.move(part.path(), path);
    } else if (!holds(path, part)) {
      storage.copy(locate(part), path);
    }
    if (storage.size(path) != part.size()) {
      throw new LostException(
          "%s has %s bytes, and the staged file %s had %s"
              .formatted(path, storage.size(path), part.path(), part.size()));
    }
    return part.at(name);
  }

  private boolean holds(String path, PublisherInput.Part part) throws IOException {
    return storage.exists(path)
        && storage.size(path) == part.size()
        && Digests.sha256(storage, path).equals(part.sha256());
  }

  /**
   * Where the bytes of a part are that is not staged any more, after a start from an older
   * savepoint: in a version of the abandoned branch, or in one that was never finished.
   */
  private String locate(PublisherInput.Part part) throws IOException {
    for (Version version : store.versions()) {
      for (DataFile file : files(version)) {
        if (file.size() == part.size() && file.sha256().equals(part.sha256())) {
          return SnapshotStore.path(version, file.name());
        }
      }
    }
    for (String folder : storage.list("")) {
      Optional<Version> version = Version.parse(folder);
      if (version.isPresent() && !store.contains(version.get())) {
        for (String name : storage.list(folder)) {
          if (holds(folder + "/" + name, part)) {
            return folder + "/" + name;
          }
        }
      }
    }
    throw new LostException(
        "%s is gone, and no version in %s holds its bytes".formatted(part.path(), storage));
  }

  private List<DataFile> files(Version version) throws IOException {
    try {
      return store.manifest(version).changes();
    } catch (LostException e) {
      LOG.warn("version {} cannot be looked through for a part", version, e);
      return List.of();
    }
  }
}
